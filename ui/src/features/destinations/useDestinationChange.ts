import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PathText } from "../../ipc/bindings";

/** What changes together with the destinations. */
const topics = ["destinations", "plans", "verdict"];

export function useRefresh() {
  const client = useQueryClient();
  return () => {
    for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
  };
}

export function useRename() {
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) => answer(commands.renameDestination(id, name)),
    onSuccess: useRefresh(),
  });
}

/** Forgets it; what lies on it stays. */
export function useRemove() {
  return useMutation({
    mutationFn: (id: string) => answer(commands.removeDestination(id)),
    onSuccess: useRefresh(),
  });
}

export function useAdd() {
  return useMutation({
    // It may hold the password of what is taken over.
    gcTime: 0,
    mutationFn: ({ path, name, adopt }: { path: PathText; name: string | null; adopt: string | null }) =>
      answer(commands.addDestination(path, name, adopt)),
    onSuccess: useRefresh(),
  });
}

/** Writes to it, and opens its backups. */
export function useTest() {
  return useMutation({
    mutationFn: (id: string) => answer(commands.testDestination(id)),
    onSettled: useRefresh(),
  });
}
