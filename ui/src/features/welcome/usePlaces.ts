import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** Disks and shares that are here; the best first. */
export function usePlaces(asked: boolean) {
  return useQuery({ queryKey: ["places"], queryFn: () => answer(commands.places()), enabled: asked });
}
