import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** Where the key lies, and what became of the recovery kit. */
export function useSecurity() {
  return useQuery({ queryKey: key("security"), queryFn: () => answer(commands.security()) });
}
