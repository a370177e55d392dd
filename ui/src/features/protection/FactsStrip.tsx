import { Ago } from "../../components/ui/Ago";
import { AskError } from "../../components/ui/AskError";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { usePlans } from "../../lib/questions/usePlans";
import { useVerdict } from "../../lib/questions/useVerdict";
import { facts } from "./facts";
import { useLastRuns } from "./useLastRuns";

const grid =
  "grid grid-cols-2 gap-px overflow-hidden rounded-panel border border-line bg-line min-[900px]:grid-cols-4";

/** Four facts with times, under the verdict. */
export function FactsStrip() {
  const verdict = useVerdict();
  const plans = usePlans();
  const runs = useLastRuns();
  if (verdict.isError) return null;
  if (runs.isError) return <AskError query={runs} />;
  const words = messages.overview;
  const known = verdict.data && plans.data && runs.data;
  if (!known) return <Reading />;
  return (
    <dl aria-label={words.facts.label} className={grid}>
      {facts(verdict.data, plans.data, runs.data).map((fact) => (
        <div key={fact.name} className="bg-surface px-4 pt-2.5 pb-[11px]">
          <dt className="text-12 font-medium text-text-3">{fact.name}</dt>
          <dd className="font-medium">
            <Ago at={fact.at} never={fact.instead} />
            <small className="line-clamp-1 text-12 font-normal break-all text-text-2" title={fact.hint}>
              {fact.hint}
            </small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Reading() {
  return (
    <div className={grid}>
      {[0, 1, 2, 3].map((fact) => (
        <div key={fact} className="min-h-[73px] bg-surface px-4 py-3">
          <Skeleton label={messages.overview.reading} className="mb-3 w-20" />
          <Skeleton label={messages.overview.reading} className="w-28" />
        </div>
      ))}
    </div>
  );
}
