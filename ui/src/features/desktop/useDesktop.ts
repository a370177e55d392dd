import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

const desktop = key("app", "desktop");

/** How Keepstead lives on this desktop. */
export function useDesktop() {
  return useQuery({ queryKey: desktop, queryFn: () => answer(commands.desktop()) });
}

/** Changes one of its two switches; the program says how things stand after it. */
export function useSetDesktop(which: "setStartAtLogin" | "setNotifications") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => answer(commands[which](on)),
    onSuccess: (state) => client.setQueryData(desktop, state),
  });
}

/** Shows a message as a failure would. */
export function useTestNotification() {
  return useMutation({ mutationFn: () => answer(commands.sendTestNotification()) });
}
