import { useMutation } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { Beginning } from "../../ipc/bindings";

/** The places that were chosen; what is secret about servers among it. */
export type Places = Pick<Beginning, "places" | "remotes">;

/** Writes the kit as a PDF, for the places chosen. */
export function useSaveKit() {
  return useMutation({
    mutationFn: ({ places, remotes }: Places) => answer(commands.saveKit(places, remotes)),
    gcTime: 0,
  });
}

/** Opens the PDF, to be printed. */
export function useShowKit() {
  return useMutation({ mutationFn: () => answer(commands.showKit()) });
}
