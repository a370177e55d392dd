import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** The words of a new kit. The program keeps them until the end; here they go with the screen. */
export function useNewKit(asked: boolean) {
  return useQuery({
    queryKey: ["new-kit"],
    queryFn: () => answer(commands.newKit()),
    enabled: asked,
    staleTime: Infinity,
    gcTime: 0,
  });
}
