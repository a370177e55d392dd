import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { RunEntry } from "../../ipc/bindings";

/** Has a run stand still, or one that stands still go on. */
export function usePauseRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, paused }: Pick<RunEntry, "id" | "paused">) =>
      answer(paused ? commands.resumeRun(id) : commands.pauseRun(id)),
    onSettled: () => {
      for (const topic of ["working", "runs"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
