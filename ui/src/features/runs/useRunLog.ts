import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** What was written down about a run, oldest first. */
export function useRunLog(run: string) {
  return useQuery({ queryKey: key("runs", "log", run), queryFn: () => answer(commands.runLog(run)) });
}
