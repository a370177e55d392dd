import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { RunLimits } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

const limits = key("settings", "limits");

/** How much backups and restores may take. */
export function useLimits() {
  return useQuery({ queryKey: limits, queryFn: () => answer(commands.limits()) });
}

/** Changes some of them; the others stay as they are. */
export function useSetLimits(before: RunLimits) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<RunLimits>) => answer(commands.setLimits({ ...before, ...change })),
    onSuccess: (after) => client.setQueryData(limits, after),
  });
}
