import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { Beginning } from "../../ipc/bindings";

/** Sets everything up and starts the first backup. The words go with the screen. */
export function useBegin() {
  const client = useQueryClient();
  const begin = useMutation({
    mutationFn: (beginning: Beginning) => answer(commands.begin(beginning)),
    // By this name the window knows that the last step is still on, although there is a plan already.
    mutationKey: ["begin"],
    gcTime: 0,
    onSuccess: ({ runs, notes }) => {
      // The address is set before anything else: the window may open at once.
      if (runs[0] !== undefined) location.hash = `/runs/${runs[0]}`;
      if (notes.length === 0) open();
    },
  });
  function open() {
    client.removeQueries({ queryKey: ["new-kit"] });
    void client.invalidateQueries({ queryKey: ["app"] }).then(begin.reset);
  }
  return { begin, open };
}
