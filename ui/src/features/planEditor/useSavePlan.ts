import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PlanDraft } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** Makes a plan, or changes the one with this id. */
export function useSavePlan(id: string | null, saved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: PlanDraft) => answer(commands.savePlan(id, draft)),
    onSuccess: (plan) => {
      client.setQueryData(key("plans", "one", plan.id), plan);
      saved();
      for (const topic of ["plans", "verdict", "destinations"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
