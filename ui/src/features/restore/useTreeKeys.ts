import { useRef } from "react";
import type { KeyboardEvent } from "react";

import { typedTo } from "./rows";
import type { Row } from "./rows";

/** What is typed within this time is one name. */
const pause = 800;

interface Keys {
  rows: readonly Row[];
  active: number;
  /** How many lines are in sight. */
  page: number;
  onMove: (index: number) => void;
  onOpen: (row: Row, open: boolean) => void;
  onToggle: (row: Row) => void;
}

/** Arrows walk and open, Space chooses, Enter opens and closes, typing jumps: as in every tree. */
export function useTreeKeys({ rows, active, page, onMove, onOpen, onToggle }: Keys) {
  const typed = useRef({ text: "", at: 0 });
  const last = rows.length - 1;

  return (event: KeyboardEvent) => {
    const row = rows[active];
    const { key } = event;
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const now = performance.now();
    const typing = now - typed.current.at < pause && typed.current.text !== "";
    if (key === "ArrowDown") onMove(Math.min(active + 1, last));
    else if (key === "ArrowUp") onMove(Math.max(active - 1, 0));
    else if (key === "PageDown") onMove(Math.min(active + page, last));
    else if (key === "PageUp") onMove(Math.max(active - page, 0));
    else if (key === "Home") onMove(0);
    else if (key === "End") onMove(last);
    else if (key === "ArrowRight") right(row);
    else if (key === "ArrowLeft") left(row);
    else if (key === "Enter") {
      if (row.open !== null) onOpen(row, !row.open);
      else onToggle(row);
    } else if (key === " " && !typing) onToggle(row);
    else if ([...key].length === 1) {
      const text = typing ? typed.current.text + key : key;
      typed.current = { text, at: now };
      const found = typedTo(rows, active, text);
      if (found >= 0) onMove(found);
    } else return;
    event.preventDefault();
  };

  function right(row: Row) {
    if (row.open === false) onOpen(row, true);
    else if (row.open && (rows[active + 1]?.level ?? 0) > row.level) onMove(active + 1);
  }

  function left(row: Row) {
    if (row.open) {
      onOpen(row, false);
      return;
    }
    const parent = rows.findLastIndex(({ level }, index) => index < active && level === row.level - 1);
    if (parent >= 0) onMove(parent);
  }
}
