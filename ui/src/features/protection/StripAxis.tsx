import type { PlanDay } from "../../ipc/bindings";
import { shortDay } from "../../lib/format";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { months } from "./months";
import { stripGrid } from "./stripGrid";

/** The ends of the strips, and where months begin. What a reader needs stands in the strips' own summaries. */
export function StripAxis({ days }: { days: readonly PlanDay[] }) {
  const first = days[0];
  if (!first) return null;
  return (
    <div aria-hidden className={merge(stripGrid, "px-4 pt-1")}>
      <span className="relative col-span-2 flex h-4 justify-between text-11 text-text-3 min-[900px]:col-span-1 min-[900px]:col-start-2">
        <span>{shortDay(first.date)}</span>
        {months(days).map(({ date, at }) => (
          <span key={date} className="absolute" style={{ left: `${at * 100}%` }}>
            {shortDay(date)}
          </span>
        ))}
        <span>{messages.ui.strip.today}</span>
      </span>
    </div>
  );
}
