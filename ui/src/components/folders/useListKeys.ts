import { useRef } from "react";
import type { KeyboardEvent } from "react";

import type { FolderItem } from "../../ipc/bindings";
import { jump } from "./jump";

/** What is typed within this time is one name. */
const pause = 800;
const page = 10;

interface Keys {
  items: FolderItem[];
  marked: number;
  onMark: (index: number) => void;
  onOpen: (item: FolderItem) => void;
  onUp: () => void;
  onType: (text: string) => void;
}

/** Arrows move, Enter opens, Backspace goes up, typing jumps, a slash begins a path. */
export function useListKeys({ items, marked, onMark, onOpen, onUp, onType }: Keys) {
  const typed = useRef({ text: "", at: 0 });
  const last = items.length - 1;
  const moves: Record<string, number> = {
    ArrowDown: Math.min(marked + 1, last),
    // Above the first: none is marked, and the open folder is what is chosen.
    ArrowUp: Math.max(marked - 1, -1),
    Home: Math.min(0, last),
    End: last,
    PageDown: Math.min(marked + page, last),
    PageUp: Math.max(marked - page, Math.min(0, last)),
  };

  return (event: KeyboardEvent) => {
    const { key } = event;
    const up = key === "Backspace" || (event.altKey && key === "ArrowUp");
    if (!up && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const item = items[marked];
    const to = moves[key];
    if (up) onUp();
    else if (to !== undefined) onMark(to);
    else if (key === "Enter") {
      if (item) onOpen(item);
    } else if (key === "/") onType("/");
    else if ([...key].length === 1) {
      const now = performance.now();
      const text = now - typed.current.at < pause ? typed.current.text + key : key;
      if (text === " ") return;
      typed.current = { text, at: now };
      onMark(jump(items.map(({ name }) => name), text, marked));
    } else return;
    event.preventDefault();
  };
}
