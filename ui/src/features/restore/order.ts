import type { PathText, RestoreOrder, RestorePreview, WhereTo } from "../../ipc/bindings";
import { includes } from "./basket";
import type { Basket } from "./basket";

export type Choice = WhereTo["kind"];

/** The order, once it is known where to. */
export function orderOf(
  at: { destination: string; backup: string },
  basket: Basket,
  choice: Choice,
  folder: PathText | null,
): RestoreOrder | null {
  // Nothing in the list would mean everything in the backup.
  if (basket.chosen.size === 0) return null;
  if (choice === "elsewhere") {
    return folder && { ...at, include: includes(basket), to: { kind: choice, folder } };
  }
  return { ...at, include: includes(basket), to: { kind: choice } };
}

export type Hindrance = "empty" | "space" | "occupied";

/** Why this restore would not end well. */
export function hindranceOf(preview: RestorePreview, choice: Choice): Hindrance | null {
  const { files, folders, others, bytes, free, conflicts } = preview;
  if (files + folders + others === 0) return "empty";
  if (free !== null && free < bytes) return "space";
  return choice === "elsewhere" && conflicts > 0 ? "occupied" : null;
}
