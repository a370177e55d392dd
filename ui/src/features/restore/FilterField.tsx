import { Search, X } from "lucide-react";

import { messages } from "../../lib/messages";

const words = messages.restore.tree;

interface Props {
  /** Name of the open folder. */
  folder: string;
  text: string;
  onText: (text: string) => void;
}

/** Narrows the open folder to the names that contain what is typed. */
export function FilterField({ folder, text, onText }: Props) {
  return (
    <div className="flex h-7 min-w-0 flex-1 basis-36 items-center gap-1.5 rounded-control border border-control-line bg-surface pl-2 focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-focus">
      <Search aria-hidden className="size-3.5 flex-none text-text-3" strokeWidth={1.75} />
      <input
        type="text"
        value={text}
        aria-label={words.filter(folder)}
        placeholder={words.filter(folder)}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || text === "") return;
          event.stopPropagation();
          onText("");
        }}
        className="h-full min-w-0 grow bg-transparent text-13 text-ellipsis outline-none placeholder:text-text-3"
      />
      {text !== "" && (
        <button
          type="button"
          aria-label={words.clear}
          onClick={() => onText("")}
          className="grid size-6 flex-none place-items-center rounded-chip text-text-3 hover:bg-hover hover:text-text"
        >
          <X aria-hidden className="size-3.5" strokeWidth={1.75} />
        </button>
      )}
    </div>
  );
}
