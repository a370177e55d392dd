import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

import type { LogEntry } from "../../ipc/bindings";
import { day } from "../../lib/format";
import { messages } from "../../lib/messages";
import { ActivityRow } from "./ActivityRow";
import { sameDay } from "./sameDay";

interface Props {
  lines: readonly LogEntry[];
  /** What stands after the last line: more, or that this is all. */
  end: ReactNode;
  /** The last line came into sight. */
  onEnd: () => void;
}

/** The lines, as many as one likes: only those in sight are drawn. A new day has a head. */
export function ActivityList({ lines, end, onEnd }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 36,
    overscan: 12,
    getItemKey: (index) => `${lines[index]?.run} ${lines[index]?.seq}`,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= lines.length - 20) onEnd();
  }, [last, lines.length, onEnd]);
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={messages.activity.list}
      className="min-h-0 grow overflow-y-auto border-t border-line bg-surface focus-visible:-outline-offset-2"
    >
      <div role="list" className="relative" style={{ height: rows.getTotalSize() }}>
        {shown.map(({ key, index, start }) => {
          const line = lines[index];
          if (!line) return null;
          const before = lines[index - 1];
          return (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              role="listitem"
              aria-posinset={index + 1}
              aria-setsize={-1}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ transform: `translateY(${start}px)` }}
            >
              {(!before || !sameDay(before.at, line.at)) && (
                <h2 className="border-b border-line bg-sunken px-8 py-1 text-12 font-medium text-text-2">
                  {day(line.at)}
                </h2>
              )}
              <ActivityRow line={line} />
            </div>
          );
        })}
      </div>
      <div className="px-8 py-3 text-13 text-text-2">{end}</div>
    </div>
  );
}
