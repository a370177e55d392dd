import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { KitAnswer } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** Which two words are asked for. Another attempt asks for others. */
export function useKitQuestions() {
  return useMutation({ mutationFn: () => answer(commands.kitQuestions()) });
}

/** Says that the paper is there, with two of its words. */
export function useConfirmKit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (answers: KitAnswer[]) => answer(commands.confirmKit(answers)),
    onSuccess: (security) => {
      client.setQueryData(key("security"), security);
      void client.invalidateQueries({ queryKey: ["verdict"] });
    },
  });
}
