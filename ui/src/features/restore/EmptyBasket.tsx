import { ShoppingBasket } from "lucide-react";

import { Button } from "../../components/ui/Button";
import type { BackupEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { otherBasket } from "./baskets";
import { summaryOf } from "./summary";
import { when } from "./when";

const words = messages.restore.basket;

interface Props {
  destination: string;
  backup: string;
  backups: readonly BackupEntry[];
  onShow: (backup: BackupEntry) => void;
}

/** What to do with the basket, and where something was chosen before. */
export function EmptyBasket({ destination, backup, backups, onShow }: Props) {
  const other = otherBasket(destination, backup);
  const entry = other && backups.find(({ id }) => id === other.backup);
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-2">
      <ShoppingBasket aria-hidden className="size-5 flex-none" strokeWidth={1.75} />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-strong">{words.nothing}</p>
        <p className="text-12 text-text-2">
          {entry ? words.other(summaryOf(other.basket, undefined).title, when(entry.time)) : words.nothingWhy}
        </p>
      </div>
      {entry && <Button onClick={() => onShow(entry)}>{words.showOther}</Button>}
    </div>
  );
}
