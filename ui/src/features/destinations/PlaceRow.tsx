import { Path } from "../../components/ui/Path";
import type { Place } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import { kindIcon } from "./kindIcon";
import { about } from "./words";

/** A place to choose. One that cannot be chosen stays reachable and says why. */
export function PlaceRow({ place, chosen, onChoose }: { place: Place; chosen: boolean; onChoose: () => void }) {
  const words = messages.destinations;
  const blocked =
    place.destination !== null ? words.adding.already : place.writable ? undefined : words.adding.readOnly;
  const Icon = kindIcon[place.kind];
  return (
    <label className="grid min-h-14 grid-cols-[16px_20px_minmax(0,1fr)_auto] items-center gap-3 border-b border-line px-6 py-2 hover:bg-hover has-checked:bg-selected has-checked:shadow-[inset_2px_0_var(--color-accent)] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus">
      <input
        type="radio"
        name="place"
        className="size-4 accent-accent outline-none"
        checked={chosen}
        aria-disabled={blocked ? true : undefined}
        onChange={() => !blocked && onChoose()}
      />
      <Icon aria-hidden className="size-5 text-text-3" strokeWidth={1.75} />
      <span className="min-w-0">
        <span className={`block font-medium wrap-anywhere ${blocked ? "text-text-3" : ""}`}>{place.name}</span>
        <span className="flex min-w-0 flex-wrap gap-x-2 text-12 text-text-2">
          <span>{about(place)}</span>
          <Path path={place.path.path} className="text-12" />
        </span>
      </span>
      <span className="text-right text-13 text-text-2">
        {blocked ?? (place.free === null ? "" : words.free(bytes(place.free)))}
      </span>
    </label>
  );
}
