import type { PlanDay } from "../ipc/bindings";

export type DayEnd = "good" | "skipped" | "failed" | "none";

/** How a day counts: what was cancelled, or did not end, made no copy. */
export function dayEnd(day: PlanDay): DayEnd {
  if (day.status === "SUCCESS") return "good";
  if (day.status === "PARTIAL_SUCCESS") return "skipped";
  return day.status === "FAILED" ? "failed" : "none";
}

/** How many days ended how. */
export function summary(days: readonly PlanDay[]) {
  const of = (end: DayEnd) => days.filter((day) => dayEnd(day) === end).length;
  return { days: days.length, good: of("good"), skipped: of("skipped"), failed: of("failed"), none: of("none") };
}
