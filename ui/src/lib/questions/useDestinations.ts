import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

export function useDestinations() {
  return useQuery({ queryKey: key("destinations"), queryFn: () => answer(commands.destinations()) });
}
