import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** Opens the application with the eight words. What was asked before it was open is asked anew. */
export function useUnlock() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (words: string) => answer(commands.unlock(words)),
    onSuccess: (state) => {
      client.setQueryData(key("app", "state"), state);
      void client.invalidateQueries();
    },
  });
}
