import { Link } from "@tanstack/react-router";

import { Ago } from "../../components/ui/Ago";
import type { PlanEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

const words = messages.plans;

/** The newest copy, and how the last run ended. */
export function PlanFacts({ plan }: { plan: PlanEntry }) {
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-2 min-[1024px]:flex-nowrap">
      <div className="min-w-[104px]">
        <dt className="text-12 text-text-3">{words.newest}</dt>
        <dd className="text-13 font-medium">
          <Ago at={plan.newest_copy_at} never={words.noneYet} />
        </dd>
      </div>
      <div className="min-w-[172px]">
        <dt className="text-12 text-text-3">{words.lastRun}</dt>
        <dd className="text-13 font-medium">
          {plan.last_run !== null && plan.last_status !== null ? (
            <Link
              to="/runs/$run"
              params={{ run: plan.last_run }}
              className="rounded-chip text-accent-text underline decoration-accent-line underline-offset-3 hover:decoration-current"
            >
              {words.ends[plan.last_status]}
            </Link>
          ) : (
            words.noRun
          )}
        </dd>
      </div>
    </dl>
  );
}
