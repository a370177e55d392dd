import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { RestoreOrder } from "../../ipc/bindings";

/** Begins a restore; its answer is the run. */
export function useRestore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: RestoreOrder) => answer(commands.restore(order)),
    onSettled: () => {
      for (const topic of ["runs", "working"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
