import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { RunsWanted } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

const ended: RunsWanted = {
  plan: null,
  kinds: ["backup"],
  statuses: ["SUCCESS", "PARTIAL_SUCCESS", "FAILED", "CANCELLED"],
  before: null,
  limit: 50,
};

/** The last backups that ended, however they did; the newest first. */
export function useLastRuns() {
  return useQuery({ queryKey: key("runs", "list", ended), queryFn: () => answer(commands.runs(ended)) });
}
