import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";

/** The folders that most people want to keep. */
export function useSuggestedFolders() {
  return useQuery({
    queryKey: ["suggested-folders"],
    queryFn: () => answer(commands.suggestedFolders()),
    staleTime: Infinity,
  });
}
