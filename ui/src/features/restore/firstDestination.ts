import type { DestinationEntry } from "../../ipc/bindings";

/** Where to look first: at what is here, and has the newest copy. */
export function firstDestination(destinations: readonly DestinationEntry[]): DestinationEntry | undefined {
  const here = ({ state }: DestinationEntry) => (state === "ready" ? 1 : 0);
  return destinations.toSorted(
    (a, b) => here(b) - here(a) || (b.last_copy_at ?? "").localeCompare(a.last_copy_at ?? ""),
  )[0];
}
