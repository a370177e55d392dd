import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** Disks and shares that are here now. They come and go without a word: asked anew whenever they are shown. */
export function usePlaces() {
  return useQuery({
    queryKey: key("destinations", "places"),
    queryFn: () => answer(commands.places()),
    refetchInterval: 5000,
    staleTime: 0,
  });
}
