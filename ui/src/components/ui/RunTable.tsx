import type { PlanDay } from "../../ipc/bindings";
import { dayEnd } from "../../lib/days";
import { count, day as dayWords } from "../../lib/format";
import { messages } from "../../lib/messages";

/** The days of a run strip as a table: those on which something ran, the newest first. */
export function RunTable({ label, days }: { label: string; days: readonly PlanDay[] }) {
  const { strip } = messages.ui;
  const ran = days.filter((day) => day.runs > 0).toReversed();
  return (
    <div tabIndex={0} role="region" aria-label={label} className="max-h-60 overflow-y-auto rounded-control border border-line">
      <table className="w-full text-13">
        <caption className="sr-only">{label}</caption>
        <thead className="sticky top-0 bg-sunken text-12 text-text-3">
          <tr>
            <th scope="col" className="h-8 px-3 text-left font-medium">
              {strip.day}
            </th>
            <th scope="col" className="px-3 text-left font-medium">
              {strip.end}
            </th>
            <th scope="col" className="px-3 text-right font-medium">
              {strip.runs}
            </th>
          </tr>
        </thead>
        <tbody>
          {ran.map((day) => (
            <tr key={day.date} className="border-t border-line">
              <th scope="row" className="h-7 px-3 text-left font-normal">
                {dayWords(day.date)}
              </th>
              <td className="px-3">{strip.ends[day.status === "CANCELLED" ? "cancelled" : dayEnd(day)]}</td>
              <td className="px-3 text-right font-mono">{count(day.runs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
