import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef } from "react";
import type { RefObject } from "react";

import type { FolderItem, FolderListing } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { columns, FolderRow } from "./FolderRow";
import { pathKey } from "./pathKey";
import { useListKeys } from "./useListKeys";

const words = messages.folders;

interface Props {
  listing: FolderListing;
  /** While another folder is read: nothing answers, so that no key hits what is about to go. */
  busy: boolean;
  hidden: boolean;
  marked: number;
  focus: RefObject<HTMLDivElement | null>;
  onMark: (index: number) => void;
  onOpen: (item: FolderItem) => void;
  onUp: () => void;
  onType: (text: string) => void;
}

/** Folders and files, as many as there are; only those in sight are drawn. */
export function FolderList({ listing, busy, hidden, marked, focus, onMark, onOpen, onUp, onType }: Props) {
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const { items } = listing;
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 36,
    overscan: 8,
  });
  const keys = useListKeys({ items, marked, onMark, onOpen, onUp, onType });

  useEffect(() => {
    if (marked >= 0) rows.scrollToIndex(marked);
    else scroll.current?.scrollTo({ top: 0 });
  }, [marked, listing.path.path, rows]);

  const some = items.length > 0;
  return (
    <div className="flex min-w-0 grow flex-col">
      <div aria-hidden className={`${columns} h-8 flex-none border-b border-line-strong text-12 font-medium text-text-3`}>
        <span className="col-start-2">{words.columns.name}</span>
        <span className="text-right">{words.columns.size}</span>
        <span className="text-right">{words.columns.changed}</span>
      </div>
      <div
        ref={(element) => {
          scroll.current = element;
          focus.current = element;
        }}
        role={some ? "listbox" : "group"}
        tabIndex={0}
        aria-label={words.list(listing.name)}
        aria-busy={busy}
        aria-activedescendant={some && marked >= 0 ? `${id}-${marked}` : undefined}
        onKeyDown={busy ? undefined : keys}
        className="relative min-h-0 grow overflow-y-auto focus-visible:-outline-offset-2"
      >
        {some ? (
          <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map(({ index, start }) => {
              const item = items[index];
              if (!item) return null;
              return (
                <div
                  key={pathKey(item.path)}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === marked}
                  aria-setsize={items.length}
                  aria-posinset={index + 1}
                  onClick={() => !busy && onMark(index)}
                  onDoubleClick={() => !busy && onOpen(item)}
                  className="absolute inset-x-0 top-0"
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <FolderRow item={item} marked={index === marked} />
                </div>
              );
            })}
          </div>
        ) : (
          <p className="px-4 py-6 text-13 text-text-2">{hidden ? words.empty : words.emptyButHidden}</p>
        )}
      </div>
    </div>
  );
}
