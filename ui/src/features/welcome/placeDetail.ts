import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { PlaceChoice } from "./useWhere";

const words = messages.welcome.where;

/** What a place is, and how much room it has. */
export function placeDetail({ kind, free, total, trial }: PlaceChoice): string {
  const room = free === null ? [] : [total === null ? words.freeOnly(bytes(free)) : words.free(bytes(free), bytes(total))];
  const holds = trial?.done?.holds === "keepstead" ? [words.holdsBackups] : [];
  const what = kind === "system" ? words.systemWhy : words.kinds[kind];
  return [what, ...room, ...holds].join(", ");
}
