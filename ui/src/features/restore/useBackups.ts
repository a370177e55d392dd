import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** The backups at a destination that is here, oldest first. Another run may add one. */
export function useBackups(destination: string, here: boolean) {
  return useQuery({
    queryKey: key("runs", "backups", destination),
    queryFn: async () => (await answer(commands.backups(destination))).toReversed(),
    enabled: here,
  });
}
