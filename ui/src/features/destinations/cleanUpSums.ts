import type { CleanUpPlan } from "../../ipc/bindings";
import { bytes, count, moment, took } from "../../lib/format";
import { messages } from "../../lib/messages";

const words = messages.upkeep.cleanUp;

/** What is stored, in parts that add up to it; all in bytes. */
export interface CleanUpSums {
  /** Still there when everything that is marked has been deleted. */
  stays: number;
  /** Deleted by this clean-up. */
  now: number;
  /** Deleted by one after the grace. */
  later: number;
}

/** What is written anew is marked whole and frees less than that: the sum counts, not what is marked. */
export function sumsOf({ stored, reclaimable, frees_now }: CleanUpPlan): CleanUpSums {
  const free = Math.min(stored, reclaimable);
  const now = Math.min(frees_now, free);
  return { stays: stored - free, now, later: free - now };
}

/** What it comes to in one line, and the line below it. */
export function headOf(plan: CleanUpPlan): { title: string; hint: string } {
  const { empty, backups, stored, needed, reclaimable, waiting } = plan;
  const stay = words.stay(count(backups));
  if (empty && waiting > 0) return { title: words.nothingYet, hint: stay };
  if (empty && stored === 0) return { title: words.nothing, hint: words.bare };
  if (empty && needed >= stored) return { title: words.nothing, hint: words.needed(bytes(stored), count(backups)) };
  if (empty) return { title: words.nothing, hint: words.nothingHint(bytes(needed), count(backups)) };
  if (reclaimable === 0) return { title: words.tidy, hint: `${words.tidyHint} ${stay}` };
  return { title: words.free(bytes(reclaimable), bytes(stored)), hint: stay };
}

/** Why it is freed when it is freed, in sentences; nothing about what does not happen. */
export function reasonsOf(plan: CleanUpPlan, now: Date): string[] {
  const { frees_now, frees_later, waiting, waiting_until, rewritten, grace_seconds } = plan;
  const reasons: string[] = [];
  if (frees_now > 0) reasons.push(words.why.now(bytes(frees_now)));
  if (frees_later > 0) {
    const from = new Date(now.getTime() + grace_seconds * 1000).toISOString();
    reasons.push(words.why.later(bytes(frees_later), took(grace_seconds), moment(from)));
  }
  if (waiting > 0) {
    const until = waiting_until && words.why.waitingUntil(bytes(waiting), moment(waiting_until));
    reasons.push(until ?? words.why.waiting(bytes(waiting)));
  }
  if (rewritten > 0) reasons.push(words.why.rewritten(bytes(rewritten)));
  return reasons;
}
