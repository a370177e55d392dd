import { ArrowRight, Folder, HardDrive } from "lucide-react";

import { folderName, listed } from "../../components/folders/folderNames";
import type { PlanEntry } from "../../ipc/bindings";
import { moment } from "../../lib/format";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";

const words = messages.plans;
/** How many folders are named; a plan of more says how many. */
const named = 4;

/** What is copied, and where to. */
export function PlanFlow({ plan }: { plan: PlanEntry }) {
  return (
    <p className="flex flex-wrap items-center gap-2 pt-1 text-13 text-text-2">
      <span title={plan.sources.join("\n")} className="flex min-w-0 items-start gap-2">
        <Folder aria-hidden className="mt-0.5 size-4 flex-none" strokeWidth={1.75} />
        <span className="min-w-0 wrap-anywhere">{sources(plan)}</span>
      </span>
      <ArrowRight aria-label={words.goesTo} role="img" className="size-3.5 flex-none text-text-3" strokeWidth={1.75} />
      {plan.targets.map(({ destination, destination_name, reach, last_copy_at }) => (
        <span
          key={destination}
          title={last_copy_at ? moment(last_copy_at) : undefined}
          className={merge(
            "inline-flex min-h-6 min-w-0 items-center gap-1.5 rounded-chip border border-line-strong bg-surface px-2 text-12 font-medium",
            reach === "not_mounted" && "border-dashed",
          )}
        >
          <HardDrive aria-hidden className="size-3.5 flex-none" strokeWidth={1.75} />
          <span className="wrap-anywhere">{destination_name}</span>
          {reach === "not_mounted" && <span className="flex-none font-normal">{words.notHere}</span>}
        </span>
      ))}
    </p>
  );
}

function sources({ sources: paths }: PlanEntry): string {
  if (paths.length === 0) return words.noSources;
  const names = paths.slice(0, named).map(folderName);
  const rest = paths.length - names.length;
  return listed(rest > 0 ? [...names, words.others(rest)] : names);
}
