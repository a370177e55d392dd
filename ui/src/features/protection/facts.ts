import type { PlanEntry, RunEntry, Verdict } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

/** One fact: when, or what is said instead, and what belongs to it. */
export interface Fact {
  name: string;
  at: string | null;
  instead: string;
  hint: string;
}

/** The copy that the verdict calls the newest: which plan, and where it lies. */
function newestCopy(plans: readonly PlanEntry[], at: string | null) {
  for (const plan of plans) {
    const target = plan.targets.find(({ last_copy_at }) => last_copy_at !== null && last_copy_at === at);
    if (target) return messages.overview.facts.copy(plan.name, target.destination_name);
  }
  return "";
}

/** What the verdict stands on. What does not exist yet is named only where the verdict itself leaves it out. */
export function facts(verdict: Verdict, plans: readonly PlanEntry[], runs: readonly RunEntry[]): Fact[] {
  const words = messages.overview.facts;
  const newest = verdict.newest_copy_at;
  const read = runs.find(({ verified }) => verified);
  const last = runs[0];
  const drill = verdict.left_out.some((what) => /drill/i.test(what));
  const lastEnd = last && words.ends[last.status as keyof typeof words.ends];
  const readHint = read ? words.copy(read.plan, read.destination) : words.notReadBackHint;
  return [
    { name: words.newest, at: newest, instead: words.none, hint: newest ? newestCopy(plans, newest) : words.noneHint },
    { name: words.readBack, at: read?.ended_at ?? null, instead: words.notReadBack, hint: readHint },
    drill
      ? { name: words.drill, at: null, instead: words.drillNot, hint: words.drillHint }
      : { name: words.next, at: null, instead: words.byHand, hint: words.byHandHint },
    {
      name: words.last,
      at: last?.ended_at ?? null,
      instead: words.none,
      hint: last ? `${lastEnd}, ${last.plan}` : words.byHandHint,
    },
  ];
}
