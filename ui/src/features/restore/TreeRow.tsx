import { Check, ChevronDown, ChevronRight, File, Folder, FolderOpen, Link2, Minus } from "lucide-react";
import { memo } from "react";

import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Mark } from "./basket";
import type { Row } from "./rows";

const words = messages.restore;

interface Props {
  row: Row;
  mark: Mark;
  /** It takes the keyboard. */
  active: boolean;
  /** It is what is looked at. */
  selected: boolean;
  index: number;
  /** Pixels from the top of the list. */
  top: number;
  onActive: (index: number) => void;
  onOpen: (row: Row, open: boolean) => void;
  onToggle: (row: Row) => void;
}

export const rowHeight = 28;
const checked = { all: true, some: "mixed", none: false } as const;
/** Deeper folders are indented no further, so that their names keep room. */
const deepest = 12;

export const TreeRow = memo(function TreeRow({ row, mark, active, selected, index, top, onActive, onOpen, onToggle }: Props) {
  const { item, level, position, siblings, open } = row;
  const Chevron = open ? ChevronDown : ChevronRight;
  const Kind = item.kind === "folder" ? (open ? FolderOpen : Folder) : item.kind === "link" ? Link2 : File;
  return (
    <div
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={open ?? undefined}
      aria-checked={checked[mark]}
      aria-selected={selected}
      aria-label={words.tree.row(item.name, note(row))}
      tabIndex={active ? 0 : -1}
      data-index={index}
      onClick={() => onActive(index)}
      onFocus={() => !selected && onActive(index)}
      onDoubleClick={() => open !== null && onOpen(row, !open)}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 4 + (Math.min(level, deepest) - 1) * 16 }}
      className="absolute inset-x-0 top-0 flex h-7 items-center pr-3 text-13 hover:bg-hover focus-visible:-outline-offset-2 aria-selected:bg-selected aria-selected:font-medium aria-selected:shadow-[inset_2px_0_var(--color-accent)]"
    >
      <span
        onClick={(event) => {
          if (open === null) return;
          event.stopPropagation();
          onOpen(row, !open);
        }}
        className="grid size-6 flex-none place-items-center text-text-3"
      >
        {open !== null && <Chevron aria-hidden className="size-3.5" strokeWidth={1.75} />}
      </span>
      <span
        data-box
        onClick={(event) => {
          event.stopPropagation();
          onActive(index);
          onToggle(row);
        }}
        onDoubleClick={(event) => event.stopPropagation()}
        className="grid size-6 flex-none place-items-center"
      >
        <span
          className={`grid size-4 place-items-center rounded-chip border-[1.5px] ${mark === "none" ? "border-control-line bg-surface" : "border-accent bg-accent text-on-accent"}`}
        >
          {mark === "all" && <Check aria-hidden className="size-3" strokeWidth={3} />}
          {mark === "some" && <Minus aria-hidden className="size-3" strokeWidth={3} />}
        </span>
      </span>
      <Kind aria-hidden className="mr-1.5 ml-0.5 size-4 flex-none text-text-3" strokeWidth={1.75} />
      <Name name={item.name} />
      {" "}
      <span className="ml-auto flex-none pl-3 font-mono text-12 text-text-3">{note(row)}</span>
    </div>
  );
});

/** Cut before its ending, which says what it is. */
function Name({ name }: { name: string }) {
  const letters = [...name];
  const kept = Math.min(8, letters.length);
  return (
    <span title={name} className="flex min-w-0">
      <span className="line-clamp-1 min-w-0 break-all whitespace-pre-wrap">
        {letters.slice(0, -kept).join("")}
      </span>
      <span className="flex-none whitespace-pre">{letters.slice(-kept).join("")}</span>
    </span>
  );
}

/** The size of a file; of a folder, how much is in it as far as that is known. */
function note({ item, listing }: Row): string {
  if (item.kind === "file") return bytes(item.size);
  if (listing?.state === "reading") return words.tree.reading;
  if (listing?.state === "failed") return words.tree.failed;
  return listing?.state === "read" ? count(listing.items.length) : "";
}
