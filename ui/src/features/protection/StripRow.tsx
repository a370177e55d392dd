import { Link } from "@tanstack/react-router";

import { Ago } from "../../components/ui/Ago";
import { RunStrip } from "../../components/ui/RunStrip";
import { RunTable } from "../../components/ui/RunTable";
import { StateMark } from "../../components/ui/StateMark";
import type { PlanEntry } from "../../ipc/bindings";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { stripGrid } from "./stripGrid";

export function StripRow({ plan, asTable }: { plan: PlanEntry; asTable: boolean }) {
  const words = messages.overview.strips;
  const to = plan.targets.map(({ destination_name }) => destination_name).join(", ");
  return (
    <li className={merge(stripGrid, asTable && "items-start")}>
      <span className="min-w-0">
        <Link
          to="/plans/$plan"
          params={{ plan: plan.id }}
          title={plan.name}
          className="block rounded-chip leading-[18px] font-medium hover:underline hover:underline-offset-3"
        >
          <span className="line-clamp-1 break-all">{plan.name}</span>
        </Link>
        <small className="line-clamp-1 text-12 break-all text-text-2" title={to}>
          {to}
        </small>
      </span>
      <span className="order-last col-span-2 min-w-0 min-[900px]:order-none min-[900px]:col-span-1">
        {asTable ? <RunTable label={words.table(plan.name)} days={plan.days} /> : <RunStrip days={plan.days} />}
      </span>
      <span className="flex items-center gap-3 min-[900px]:contents">
        <StateMark state={plan.state} word={plan.word} className="text-13" />
        <Ago at={plan.newest_copy_at} never={words.noCopy} className="text-right text-13 text-text-2" />
      </span>
    </li>
  );
}
