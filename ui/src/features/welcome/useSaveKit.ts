import { useMutation } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PathText } from "../../ipc/bindings";

/** Writes the kit as a PDF, for the places chosen. */
export function useSaveKit() {
  return useMutation({ mutationFn: (places: PathText[]) => answer(commands.saveKit(places, [])) });
}

/** Opens the PDF, to be printed. */
export function useShowKit() {
  return useMutation({ mutationFn: () => answer(commands.showKit()) });
}
