import type { RunEntry } from "../../ipc/bindings";
import { duration, percent } from "../../lib/format";
import { messages } from "../../lib/messages";

/** What to show of the work: the run that is under way, else the first that waits, and how many come after it. */
export function current(working: readonly RunEntry[]): { run: RunEntry; more: number } | undefined {
  const run = working.find(({ status }) => status !== "PENDING") ?? working[0];
  return run && { run, more: working.length - 1 };
}

/** How far a run is, in words: waiting, counting, paused, or its share. */
export function share(run: RunEntry): string {
  const words = messages.frame.work;
  if (run.cancel_requested) return words.cancelling;
  if (run.status === "PENDING") return words.waiting;
  const fraction = run.progress?.fraction ?? null;
  if (run.paused) return fraction === null ? words.paused : words.pausedAt(percent(fraction));
  return fraction === null ? words.counting : percent(fraction);
}

/** The same beside the word that it is paused; nothing where nobody can tell. */
export function shareAlone(run: RunEntry): string | undefined {
  const fraction = run.progress?.fraction ?? null;
  return fraction === null ? undefined : percent(fraction);
}

/** How much longer it takes, or nothing where nobody can tell. */
export function left(run: RunEntry): string | undefined {
  const seconds = run.progress?.seconds_left ?? null;
  return seconds === null || run.cancel_requested || run.paused ? undefined : messages.frame.work.left(duration(seconds));
}
