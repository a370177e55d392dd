import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** Takes a paused plan up again. */
export function useResumePlan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plan: string) => answer(commands.enablePlan(plan, true)),
    onSettled: () => {
      for (const topic of ["plans", "verdict"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
