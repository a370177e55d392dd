import { useQuery } from "@tanstack/react-query";

import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** Which program this is, and how far it is opened. */
export function useAppState() {
  return useQuery({ queryKey: key("app", "state"), queryFn: commands.appState });
}
