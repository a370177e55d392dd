import { useMutation, useQueryClient } from "@tanstack/react-query";

import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** Tries the keychain, or the database, once more. */
export function useOpenAgain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: commands.openAgain,
    onSuccess: (state) => {
      client.setQueryData(key("app", "state"), state);
      void client.invalidateQueries();
    },
  });
}
