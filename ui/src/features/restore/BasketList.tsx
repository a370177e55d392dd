import { X } from "lucide-react";

import { Path } from "../../components/ui/Path";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Basket, Place } from "./basket";

const words = messages.restore.inspector;
const shown = 50;

/** What is in the basket, wherever it lies in the tree. */
export function BasketList({ basket, onTakeOut }: { basket: Basket; onTakeOut: (place: Place) => void }) {
  if (basket.chosen.size === 0) return null;
  const more = basket.chosen.size - shown;
  return (
    <section className="border-t border-line py-3">
      <h3 className="flex px-4 pb-1 text-13 font-strong">
        {words.basket}
        <span className="ml-auto font-mono text-12 font-normal text-text-3">{count(basket.chosen.size)}</span>
      </h3>
      <ul>
        {[...basket.chosen.values()].slice(0, shown).map((place) => (
          <li key={place.key} className="flex h-7 items-center gap-2 pr-2 pl-4">
            <Path path={place.item.path.path} className="grow text-12" />
            <button
              type="button"
              aria-label={words.takeOut(place.item.name)}
              onClick={() => onTakeOut(place)}
              className="grid size-6 flex-none place-items-center rounded-chip text-text-3 hover:bg-hover hover:text-text"
            >
              <X aria-hidden className="size-3.5" strokeWidth={1.75} />
            </button>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="px-4 pt-1 text-12 text-text-2">{words.more(count(more))}</p>}
    </section>
  );
}
