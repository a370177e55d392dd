import { presetOf } from "../../components/remote/draft";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { PlaceChoice } from "./useWhere";

const words = messages.welcome.where;

/** What a place is, how fast a server answers, and how much room there is. */
export function placeDetail({ at, kind, free, total, trial }: PlaceChoice): string {
  const room = free === null ? [] : [total === null ? words.freeOnly(bytes(free)) : words.free(bytes(free), bytes(total))];
  const holds = trial?.done?.holds === "keepstead" ? [words.holdsBackups] : [];
  const what =
    "remote" in at
      ? [presetOf(at.remote.draft)?.label ?? at.remote.draft.kind.label, messages.remote.answers(at.remote.tried.latency_ms)]
      : [kind === "system" ? words.systemWhy : words.kinds[kind]];
  return [...what, ...room, ...holds].join(", ");
}
