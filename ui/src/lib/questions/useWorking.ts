import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** What waits or is under way, in the order in which it is done. */
export function useWorking() {
  return useQuery({ queryKey: key("working"), queryFn: () => answer(commands.working()) });
}
