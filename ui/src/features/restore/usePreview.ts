import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { RestoreOrder } from "../../ipc/bindings";
import type { Basket } from "./basket";

/** A basket is asked about when nothing was added to it for as long. */
const rest = 200;
const numbers = new WeakMap<Basket, number>();
let last = 0;

/** A basket may hold many thousand paths: its number stands for them in the key. */
function numberOf(basket: Basket): number {
  const number = numbers.get(basket) ?? (last += 1);
  numbers.set(basket, number);
  return number;
}

/** What a restore would do. What lies in the folders now may change any time, so that no answer is kept. */
export function usePreview(order: RestoreOrder | null, basket: Basket) {
  return useQuery({
    queryKey: ["preview", order?.destination, order?.backup, order?.to, numberOf(basket)],
    queryFn: async ({ signal }) => {
      await new Promise((done) => setTimeout(done, rest));
      signal.throwIfAborted();
      if (!order) throw new Error("nothing is ordered");
      return answer(commands.previewRestore(order));
    },
    enabled: order !== null,
    gcTime: 0,
  });
}
