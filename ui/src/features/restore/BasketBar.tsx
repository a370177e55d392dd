import { ShoppingBasket } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";

import { FolderBrowser } from "../../components/folders/FolderBrowser";
import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import type { PathText } from "../../ipc/bindings";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Basket } from "./basket";
import { BasketNotes } from "./BasketNotes";
import { ConfirmReplace } from "./ConfirmReplace";
import { hindranceOf, orderOf } from "./order";
import type { Choice } from "./order";
import { summaryOf } from "./summary";
import { usePreview } from "./usePreview";
import { useRestore } from "./useRestore";
import { WhereChoice } from "./WhereChoice";

const words = messages.restore.basket;

interface Props {
  destination: string;
  backup: string;
  basket: Basket;
  onStarted: (run: string) => void;
}

/** What is chosen, where it goes, and the button that says how much it is. */
export function BasketBar({ destination, backup, basket, onStarted }: Props) {
  const note = useId();
  const [choice, setChoice] = useState<Choice>("keep_both");
  const [folder, setFolder] = useState<PathText | null>(null);
  const [browsing, setBrowsing] = useState(false);
  const [asked, setAsked] = useState<Basket | null>(null);
  const order = orderOf({ destination, backup }, basket, choice, folder);
  const preview = usePreview(order, basket);
  const restore = useRestore();

  const known = preview.isFetching ? undefined : preview.data;
  const hindrance = known ? hindranceOf(known, choice) : null;
  const ready = order !== null && known !== undefined && hindrance === null;
  const replaces = choice === "in_place" && (known?.conflicts ?? 0) > 0;
  const asking = asked === basket && ready && replaces;
  // When the question goes, the keyboard goes to where the answer shows.
  const bar = useRef<HTMLDivElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    if (wasAsking.current && !asking) bar.current?.querySelector<HTMLElement>("input:checked")?.focus();
    wasAsking.current = asking;
  }, [asking]);
  const { title, names } = summaryOf(basket, known);

  function begin() {
    if (order) restore.mutate(order, { onSuccess: onStarted });
  }
  function choose(next: Choice) {
    setAsked(null);
    if (next === "elsewhere") setBrowsing(true);
    else setChoice(next);
  }
  return (
    <>
      <div ref={bar} className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <ShoppingBasket aria-hidden className="size-5 flex-none" strokeWidth={1.75} />
        <div className="min-w-0 flex-1 basis-40">
          <p className="font-strong">{title}</p>
          <p title={names} className="line-clamp-1 text-12 break-all text-text-2">
            {names}
          </p>
        </div>
        {asking ? (
          <ConfirmReplace
            conflicts={known.conflicts}
            busy={restore.isPending}
            onYes={begin}
            onNo={() => choose("keep_both")}
          />
        ) : (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <WhereChoice chosen={choice} onChoose={choose} />
            <Button
              variant="primary"
              size="tall"
              busy={restore.isPending}
              aria-disabled={!ready || undefined}
              aria-describedby={note}
              onClick={() => ready && (replaces ? setAsked(basket) : begin())}
            >
              {known ? words.action(count(known.files)) : words.plainAction}
            </Button>
          </div>
        )}
      </div>
      <BasketNotes
        id={note}
        choice={choice}
        preview={known}
        hindrance={hindrance}
        free={bytes(known?.free ?? 0)}
        onOtherFolder={() => setBrowsing(true)}
      />
      <InlineError error={restore.error ?? preview.error} className="mt-2" />
      {browsing && (
        <FolderBrowser
          title={words.chooseFolder}
          action={words.chooseFolderAction}
          onCancel={() => setBrowsing(false)}
          onChoose={(path) => {
            setFolder(path);
            setChoice("elsewhere");
            setBrowsing(false);
          }}
        />
      )}
    </>
  );
}
