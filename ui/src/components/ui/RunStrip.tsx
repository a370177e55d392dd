import type { PlanDay } from "../../ipc/bindings";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { dayEnd, summary } from "../../lib/days";

const heights = { good: "fill-safe-mark", skipped: "fill-warn-mark", failed: "fill-fail-mark", none: "fill-control-line" };

/** One tick a day: full succeeded, split low skipped files, split in the middle failed, short no run. */
export function RunStrip({ days, className }: { days: readonly PlanDay[]; className?: string | undefined }) {
  return (
    <svg
      role="img"
      aria-label={messages.ui.strip.summary(summary(days))}
      viewBox={`0 0 ${days.length * 8 - 2} 20`}
      preserveAspectRatio="none"
      className={merge("block h-5 w-full", className)}
    >
      {days.map((day, index) => (
        <Tick key={day.date} day={day} x={index * 8} />
      ))}
    </svg>
  );
}

function Tick({ day, x }: { day: PlanDay; x: number }) {
  const end = dayEnd(day);
  const of = { x, width: 6, className: heights[end] };
  if (end === "good") return <rect {...of} y="0" height="20" />;
  if (end === "none") return <rect {...of} y="17" height="3" />;
  const [gap, below] = end === "skipped" ? [11, 15] : [8, 12];
  return (
    <>
      <rect {...of} y="0" height={gap} />
      <rect {...of} y={below} height={20 - below} />
    </>
  );
}
