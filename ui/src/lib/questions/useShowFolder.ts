import { useMutation } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PathText } from "../../ipc/bindings";

/** Shows a folder in the desktop's file manager. */
export function useShowFolder() {
  return useMutation({ mutationFn: (path: PathText) => answer(commands.showFolder(path)) });
}
