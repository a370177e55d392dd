import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** Asks a run to stop; what it has copied so far stays. */
export function useCancelRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (run: string) => answer(commands.cancelRun(run)),
    onSettled: () => {
      for (const topic of ["working", "runs"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
