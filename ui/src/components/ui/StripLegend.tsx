import { messages } from "../../lib/messages";
import { RunStrip } from "./RunStrip";

const examples = [
  ["good", "SUCCESS"],
  ["skipped", "PARTIAL_SUCCESS"],
  ["failed", "FAILED"],
  ["none", null],
] as const;

/** What the ticks of the run strips mean. */
export function StripLegend() {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-12 text-text-2">
      {examples.map(([end, status]) => (
        <li key={end} className="flex items-center gap-1.5">
          <span aria-hidden className="w-1.5">
            <RunStrip days={[{ date: end, status, runs: 1 }]} className="h-3.5" />
          </span>
          {messages.ui.strip.ends[end]}
        </li>
      ))}
    </ul>
  );
}
