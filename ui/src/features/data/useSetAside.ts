import { useMutation } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** Renames the damaged database. Where it lies now is shown before anything is asked anew. */
export function useSetAside() {
  return useMutation({ mutationFn: () => answer(commands.setDatabaseAside()) });
}
