import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useState } from "react";

import { Key } from "../../components/ui/Key";
import { messages } from "../../lib/messages";
import { matches } from "./matches";
import { PaletteFoot } from "./PaletteFoot";
import { PaletteGroups } from "./PaletteGroups";

const words = messages.frame.palette;

interface Props {
  onDone: () => void;
  onGo: () => void;
  onBackUp: (plans: string[]) => void;
  onVerify: (destination: string) => void;
}

/** An entry is found by its label and its hidden words; its value only tells it from the others. */
const byWords = (_: string, query: string, [label = "", ...hidden]: string[] = []) => matches(label, query, hidden);

export function PaletteList({ onDone, onGo, onBackUp, onVerify }: Props) {
  const [query, setQuery] = useState("");
  return (
    <Command label={words.title} filter={byWords} loop className="flex min-h-0 flex-col">
      <div className="flex h-14 flex-none items-center gap-3 border-b border-line px-4">
        <Search aria-hidden className="size-5 flex-none" strokeWidth={1.75} />
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder={messages.frame.find}
          aria-label={words.title}
          className="h-full min-w-0 grow bg-transparent text-16 outline-none placeholder:text-text-3 placeholder:opacity-100"
        />
        <Key>{words.close}</Key>
      </div>
      {/* Beside the list: a list box may hold nothing but its options. */}
      <Command.Empty className="px-4 pt-6 pb-3 text-text-2 wrap-anywhere">{words.none(query.trim())}</Command.Empty>
      <Command.List label={words.title} className="min-h-0 overflow-y-auto p-1 pb-2">
        <PaletteGroups query={query} onDone={onDone} onGo={onGo} onBackUp={onBackUp} onVerify={onVerify} />
      </Command.List>
      <PaletteFoot />
    </Command>
  );
}
