import { Command } from "cmdk";
import type { LucideIcon } from "lucide-react";

import { Found } from "./Found";

interface Props {
  /** What tells it from others that may have the same label. */
  id: string;
  icon: LucideIcon;
  label: string;
  words: string;
  note?: string | undefined;
  query: string;
  onSelect: () => void;
}

export function PaletteEntry({ id, icon: Icon, label, words, note, query, onSelect }: Props) {
  return (
    <Command.Item
      value={`${label} ${id}`}
      keywords={[label, words]}
      onSelect={onSelect}
      className="flex min-h-10 items-center gap-3 rounded-control px-3 py-1 aria-selected:bg-selected aria-selected:shadow-[inset_2px_0_var(--color-accent)]"
    >
      <Icon aria-hidden className="size-4 flex-none text-text-3" strokeWidth={1.75} />
      <span className="min-w-0 grow break-words">
        <Found text={label} query={query} />
      </span>
      {note && <span className="max-w-[45%] flex-none text-right text-13 text-text-2">{note}</span>}
    </Command.Item>
  );
}
