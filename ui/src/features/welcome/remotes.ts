import { orderOf } from "../../components/remote/draft";
import type { Described } from "../../components/remote/useDescription";

/** A server or a cloud that was described and works. */
export interface RemotePlace extends Described {
  /** Tells it from the others, also when it is described anew. */
  key: string;
  isChosen: boolean;
}

/** What says that two of them are one place; what is secret does not. */
function placeOf({ draft }: Described): string {
  const { kind, preset, values } = orderOf(draft, null);
  return JSON.stringify([kind, preset, Object.entries(values).filter(([, value]) => value !== "").sort()]);
}

/** The list with one that was described: where it stood, or where the same place stood, or at the end. */
export function listed(all: readonly RemotePlace[], now: RemotePlace): RemotePlace[] {
  const is = (other: RemotePlace) => other.key === now.key || placeOf(other) === placeOf(now);
  const at = all.findIndex(is);
  if (at < 0) return [...all, now];
  return all.flatMap((other, index) => (index === at ? [now] : is(other) ? [] : [other]));
}
