import type { PlanDay } from "../../ipc/bindings";

/** The days on which a month begins, away from both ends of the axis, as shares of its length. */
export function months(days: readonly PlanDay[]): { date: string; at: number }[] {
  return days
    .map(({ date }, index) => ({ date, at: index / days.length }))
    .filter(({ date, at }) => date.endsWith("-01") && at > 0.12 && at < 0.88);
}
