import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { RemoteOrder, TriedRemote, WrongField } from "../../ipc/bindings";

/** The kinds of destinations that are no folder of this computer. */
export function useKinds() {
  return useQuery({
    queryKey: ["destination kinds"],
    queryFn: () => answer(commands.destinationKinds()),
    // Part of the program.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What was said wrongly, or how the trial went. */
export type Outcome = { wrong: WrongField[] } | { tried: TriedRemote };

/** What is typed is not kept once nobody shows it: it may hold secrets. */
export const brief = { gcTime: 0 };

/** Looks at what was said, and only where nothing is wrong with it, writes there and reads it back. */
export function useTry() {
  return useMutation({
    ...brief,
    mutationFn: async (order: RemoteOrder): Promise<Outcome> => {
      const wrong = await answer(commands.wrongSettings(order));
      return wrong.length > 0 ? { wrong } : { tried: await answer(commands.tryRemote(order)) };
    },
  });
}

/** What a setting can hold, as the destination says; for a folder, those right below another. */
export function useChoices(order: RemoteOrder, field: string, below: string) {
  return useQuery({
    queryKey: ["choices", field, below, order],
    queryFn: () => answer(commands.remoteChoices(order, field, below)),
    // What is there is asked whenever it is shown, and holds secrets in its key.
    gcTime: 0,
    staleTime: 0,
    retry: false,
    retryOnMount: true,
  });
}

export function useMakeFolder() {
  const client = useQueryClient();
  return useMutation({
    ...brief,
    mutationFn: ({ order, folder }: { order: RemoteOrder; folder: string }) =>
      answer(commands.makeRemoteFolder(order, folder)),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["choices"] }),
  });
}
