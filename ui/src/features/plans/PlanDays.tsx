import { useState } from "react";

import { RunStrip } from "../../components/ui/RunStrip";
import { RunTable } from "../../components/ui/RunTable";
import { ShowTable } from "../../components/ui/ShowTable";
import type { PlanEntry } from "../../ipc/bindings";
import { shortDay } from "../../lib/format";
import { messages } from "../../lib/messages";

/** Ninety days of a plan, as a strip or as a table. */
export function PlanDays({ plan }: { plan: PlanEntry }) {
  const [table, setTable] = useState(false);
  const first = plan.days[0];
  if (!first) return null;
  return (
    <div className="min-w-0">
      {table ? (
        <RunTable label={messages.plans.days(plan.name)} days={plan.days} />
      ) : (
        <RunStrip days={plan.days} />
      )}
      <div className="flex items-baseline justify-between gap-4 pt-1 text-11 text-text-3">
        <span className={table ? "invisible" : ""}>{shortDay(first.date)}</span>
        <ShowTable shown={table} onToggle={() => setTable(!table)} />
        <span className={table ? "invisible" : ""}>{messages.ui.strip.today}</span>
      </div>
    </div>
  );
}
