import { Link } from "@tanstack/react-router";

import { Ago } from "../../components/ui/Ago";
import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { Skeleton } from "../../components/ui/Skeleton";
import type { PlanEntry, RunEntry } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import { usePlanRuns } from "./usePlanRuns";

const words = messages.plans.history;

/** The runs of a plan, in its card. */
export function PlanHistory({ plan }: { plan: PlanEntry }) {
  const runs = usePlanRuns(plan.id);
  const all = runs.data?.pages.flat() ?? [];
  return (
    <section aria-label={words.title(plan.name)} className="border-t border-line">
      {runs.isError && <AskError query={runs} className="m-4" />}
      {runs.isPending && <Skeleton label={words.reading} className="m-4" />}
      {runs.isSuccess && all.length === 0 && <p className="px-4 py-3 text-13 text-text-2">{words.none}</p>}
      <ul>
        {all.map((run) => (
          <Row key={run.id} run={run} />
        ))}
      </ul>
      {runs.hasNextPage && (
        <p className="border-t border-line px-1 py-1">
          <Button variant="quiet" busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
            {words.earlier}
          </Button>
        </p>
      )}
    </section>
  );
}

function Row({ run }: { run: RunEntry }) {
  const at = run.ended_at ?? run.started_at ?? run.queued_at;
  return (
    <li className="border-t border-line first:border-t-0">
      <Link
        to="/runs/$run"
        params={{ run: run.id }}
        className="grid min-h-9 grid-cols-[112px_minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-1.5 text-13 hover:bg-hover focus-visible:-outline-offset-2"
      >
        <Ago at={at} className="text-text-2" />
        <span className="wrap-anywhere">
          <span className="font-medium">{messages.plans.ends[run.status]}</span>{" "}
          <span className="text-text-2">{words.to(run.destination)}</span>
        </span>
        <span className="text-right font-mono whitespace-nowrap text-text-2">
          {run.backup_id !== null && words.added(bytes(run.bytes_added))}
        </span>
      </Link>
    </li>
  );
}
