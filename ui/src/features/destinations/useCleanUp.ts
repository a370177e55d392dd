import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** What a clean-up would do. Whoever stops asking stops the work behind it as well. */
export function useCleanUpPlan(id: string) {
  const client = useQueryClient();
  return useQuery({
    // Not below the destinations: they are asked for anew once this has measured them.
    queryKey: ["clean-up plan", id],
    queryFn: async ({ signal }) => {
      signal.addEventListener("abort", () => void commands.stopCleanUpPlan().catch(() => undefined));
      const plan = await answer(commands.planCleanUp(id));
      void client.invalidateQueries({ queryKey: ["destinations"] });
      return plan;
    },
    // What it says is true of this moment only.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retryOnMount: true,
  });
}

/** Does what a plan says, or nothing where that is no longer so. */
export function useCleanUp(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plan: string) => answer(commands.cleanUp(id, plan)),
    onSettled: () => {
      for (const topic of ["working", "runs"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
