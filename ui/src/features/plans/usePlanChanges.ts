import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

function useChanged() {
  const client = useQueryClient();
  return () => {
    for (const topic of ["plans", "verdict", "destinations"]) void client.invalidateQueries({ queryKey: [topic] });
  };
}

/** Pauses a plan, or takes it up again. */
export function useEnablePlan(id: string) {
  return useMutation({
    mutationFn: (enabled: boolean) => answer(commands.enablePlan(id, enabled)),
    onSettled: useChanged(),
  });
}

/** Removes a plan; its backups stay. */
export function useRemovePlan(removed: (name: string) => void) {
  return useMutation({
    mutationFn: (id: string) => answer(commands.removePlan(id)),
    onSuccess: ({ name }) => removed(name),
    onSettled: useChanged(),
  });
}
