import type { BackupEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { empty, toggle } from "./basket";
import type { Place } from "./basket";
import { BasketBar } from "./BasketBar";
import { BasketList } from "./BasketList";
import { useBasket } from "./baskets";
import { EmptyBasket } from "./EmptyBasket";
import { FilesPane } from "./FilesPane";
import { Inspector } from "./Inspector";
import { useFileTree } from "./useFileTree";
import { when } from "./when";

const words = messages.restore;

interface Props {
  destination: string;
  backup: BackupEntry;
  backups: readonly BackupEntry[];
  onBackup: (backup: BackupEntry) => void;
  onStarted: (run: string) => void;
}

/** One backup: its tree, what is looked at, and the basket. */
export function BackupView({ destination, backup, backups, onBackup, onStarted }: Props) {
  const tree = useFileTree(destination, backup.id);
  const [basket, setBasket] = useBasket(destination, backup.id);
  const press = (place: Place) =>
    setBasket(
      toggle(basket, place, (folder) => {
        const listing = tree.listings.get(folder);
        return listing?.state === "read" ? listing.items : undefined;
      }),
    );
  return (
    <>
      <div className="grid min-h-0 grow grid-cols-[minmax(0,1fr)_clamp(232px,28vw,352px)] border-t border-line">
        <FilesPane tree={tree} label={words.tree.label(when(backup.time))} basket={basket} onToggle={press} />
        <section
          aria-label={words.inspector.title}
          tabIndex={0}
          className="min-h-0 min-w-0 overflow-y-auto border-l border-line bg-surface focus-visible:-outline-offset-2"
        >
          <Inspector row={tree.stale ? null : tree.row} basket={basket} onToggle={press} />
          <BasketList basket={basket} onTakeOut={press} />
        </section>
      </div>
      <section aria-label={words.basket.label} className="flex-none border-t border-line-strong bg-raised px-8 py-3">
        {basket.chosen.size > 0 ? (
          <BasketBar
            destination={destination}
            backup={backup.id}
            basket={basket}
            onStarted={(run) => {
              setBasket(empty);
              onStarted(run);
            }}
          />
        ) : (
          <EmptyBasket destination={destination} backup={backup.id} backups={backups} onShow={onBackup} />
        )}
      </section>
    </>
  );
}
