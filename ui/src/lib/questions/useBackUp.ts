import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** Backs up these plans now, or all that are not paused when none is named. */
export function useBackUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plans: string[]) => answer(commands.backUp(plans)),
    onSettled: () => {
      for (const topic of ["working", "runs", "verdict", "plans"]) {
        void client.invalidateQueries({ queryKey: [topic] });
      }
    },
  });
}
