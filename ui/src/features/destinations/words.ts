import type { Depth, PlaceKind, RemoteEntry, TriedPlace } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";

/** What kind of place it is, and whether it survives this computer's disk. */
export function about(place: { kind: PlaceKind; off_disk: boolean | null; remote?: RemoteEntry | null }): string {
  const { kinds, off } = messages.destinations;
  if (place.remote) return `${place.remote.label} · ${off.yes}`;
  // Its kind says it already.
  if (place.kind === "system") return kinds.system;
  const where = place.off_disk === null ? off.unknown : place.off_disk ? off.yes : off.no;
  return `${kinds[place.kind]} · ${where}`;
}

/** How the test went. */
export function tested(tried: TriedPlace): string {
  const words = messages.destinations.tested;
  const speed = tried.bytes_per_second > 0 ? words.speed(bytes(tried.bytes_per_second)) : "";
  const free = tried.free === null ? "" : messages.destinations.free(bytes(tried.free));
  const latency = tried.latency_ms === null ? "" : messages.remote.answers(tried.latency_ms);
  const numbers = [speed, latency, free].filter(Boolean).join(", ");
  return [words.fine, numbers && `${numbers}.`, words.holds[tried.holds]].filter(Boolean).join(" ");
}

/** About how much a verification reads; nothing where that is not known. */
export function amountOf(depth: Depth, stored: number | null): string {
  const words = messages.upkeep.verify;
  if (depth === "structure") return words.little;
  if (stored === null) return "";
  return words.about(bytes(depth === "sample" ? Math.round(stored / 10) : stored));
}
