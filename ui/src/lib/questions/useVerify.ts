import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { Depth } from "../../ipc/bindings";

/** Verifies a destination; while that waits or is under way, it is the same run. */
export function useVerify() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, depth }: { id: string; depth: Depth }) => answer(commands.verifyDestination(id, depth)),
    onSettled: () => {
      for (const topic of ["working", "runs"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
