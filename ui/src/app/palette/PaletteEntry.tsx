import { Command } from "cmdk";
import type { LucideIcon } from "lucide-react";

import { Found } from "./Found";

interface Props {
  icon: LucideIcon;
  label: string;
  words: string;
  note?: string;
  query: string;
  onSelect: () => void;
}

export function PaletteEntry({ icon: Icon, label, words, note, query, onSelect }: Props) {
  return (
    <Command.Item
      value={label}
      keywords={[words]}
      onSelect={onSelect}
      className="flex h-10 items-center gap-3 rounded-control px-3 aria-selected:bg-selected aria-selected:shadow-[inset_2px_0_var(--color-accent)]"
    >
      <Icon aria-hidden className="size-4 flex-none text-text-3" strokeWidth={1.75} />
      <span className="min-w-0 grow">
        <Found text={label} query={query} />
      </span>
      {note && <span className="text-13 text-text-2">{note}</span>}
    </Command.Item>
  );
}
