import type { RestorePreview } from "../../ipc/bindings";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Basket } from "./basket";

const words = messages.restore.basket;
const named = 3;

/** What is in the basket, in words. The sizes of files are known at once, what is in folders only by counting. */
export function summaryOf(basket: Basket, preview: RestorePreview | undefined): { title: string; names: string } {
  const first = [...basket.chosen.values()].slice(0, named).map(({ item }) => item.name);
  const names = words.names(first.join(", "), basket.chosen.size - first.length);
  if (preview) return { title: words.summary(words.files(count(preview.files)), bytes(preview.bytes)), names };
  let size = 0;
  for (const { item } of basket.chosen.values()) {
    if (item.kind === "folder") return { title: words.things(count(basket.chosen.size)), names };
    size += item.size;
  }
  return { title: words.summary(words.files(count(basket.chosen.size)), bytes(size)), names };
}
