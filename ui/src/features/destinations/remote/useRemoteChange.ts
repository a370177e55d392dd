import { useMutation } from "@tanstack/react-query";

import { brief } from "../../../components/remote/useRemote";
import { answer } from "../../../ipc/answer";
import { commands } from "../../../ipc/bindings";
import type { RemoteOrder } from "../../../ipc/bindings";
import { useRefresh } from "../useDestinationChange";

export function useAddRemote() {
  return useMutation({
    ...brief,
    mutationFn: ({ order, adopt }: { order: RemoteOrder; adopt: string | null }) => answer(commands.addRemote(order, adopt)),
    onSuccess: useRefresh(),
  });
}

/** Says other things about a destination; nothing changes where something is wrong with them. */
export function useChangeRemote() {
  return useMutation({
    ...brief,
    mutationFn: ({ id, order }: { id: string; order: RemoteOrder }) => answer(commands.changeRemote(id, order)),
    onSuccess: useRefresh(),
  });
}
