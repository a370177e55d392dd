import { useVirtualizer, defaultRangeExtractor } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import type { Basket } from "./basket";
import { markOf } from "./basket";
import type { Row } from "./rows";
import { rowHeight, TreeRow } from "./TreeRow";
import { useTreeKeys } from "./useTreeKeys";

interface Props {
  label: string;
  rows: readonly Row[];
  basket: Basket;
  /** The line that has the keyboard. */
  active: number;
  /** Whether that line is what is looked at, or only where the keyboard begins. */
  looking: boolean;
  /** The lines are those of another backup, until this one's are read. */
  stale: boolean;
  onActive: (row: Row) => void;
  onOpen: (row: Row, open: boolean) => void;
  onToggle: (row: Row) => void;
}

const estimateSize = () => rowHeight;

/** The files of a backup. Only the lines in sight are drawn, and the one that has the keyboard. */
export function FileTree({ label, rows, basket, active, looking, stale, onActive, onOpen, onToggle }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(false);
  // A new function would have every line measured anew.
  const getItemKey = useCallback((index: number) => rows[index]?.key ?? index, [rows]);
  const lines = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    getItemKey,
    overscan: 4,
    paddingStart: 6,
    paddingEnd: 6,
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      return inSight.includes(active) || active >= range.count ? inSight : [...inSight, active].sort((a, b) => a - b);
    },
  });

  // The handlers stay the same, so that lines that did not change are not drawn again.
  const now = useRef({ rows, stale, onActive, onOpen, onToggle });
  useLayoutEffect(() => {
    now.current = { rows, stale, onActive, onOpen, onToggle };
  });
  const press = useCallback((index: number) => {
    const row = now.current.rows[index];
    if (row && !now.current.stale) now.current.onActive(row);
    setFollow(true);
  }, []);
  const open = useCallback((row: Row, isOpen: boolean) => {
    if (!now.current.stale) now.current.onOpen(row, isOpen);
  }, []);
  const toggle = useCallback((row: Row) => {
    if (!now.current.stale) now.current.onToggle(row);
  }, []);

  useEffect(() => {
    if (!follow) return;
    setFollow(false);
    lines.scrollToIndex(active);
    const line = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    line?.focus({ preventScroll: true });
  }, [follow, active, lines]);

  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
  const pressed = useTreeKeys({ rows, active, page, onMove: press, onOpen: open, onToggle: toggle });
  return (
    <div ref={scroller} data-tree className="min-h-0 grow overflow-y-auto overscroll-contain">
      <div
        role="tree"
        aria-label={label}
        aria-multiselectable
        aria-busy={stale || undefined}
        onKeyDown={pressed}
        className="relative"
        style={{ height: lines.getTotalSize() }}
      >
        {lines.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          return (
            row && (
              <TreeRow
                key={key}
                row={row}
                mark={markOf(basket, row)}
                active={index === active}
                selected={looking && index === active}
                index={index}
                top={start}
                onActive={press}
                onOpen={open}
                onToggle={toggle}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
