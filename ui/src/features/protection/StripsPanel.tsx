import { useState } from "react";

import { AskError } from "../../components/ui/AskError";
import { ShowTable } from "../../components/ui/ShowTable";
import { Skeleton } from "../../components/ui/Skeleton";
import { StripLegend } from "../../components/ui/StripLegend";
import { messages } from "../../lib/messages";
import { usePlans } from "../../lib/questions/usePlans";
import { useVerdict } from "../../lib/questions/useVerdict";
import { StripAxis } from "./StripAxis";
import { StripRow } from "./StripRow";

/** 90 days of every plan, with its state and the age of its newest copy. */
export function StripsPanel() {
  const plans = usePlans();
  const verdict = useVerdict();
  const [asTable, setAsTable] = useState(false);
  const words = messages.overview.strips;
  // The verdict's own failure says it already, and asks for both.
  if (plans.isError && verdict.isError) return null;
  if (plans.isError) return <AskError query={plans} />;
  if (plans.data?.length === 0) return null;
  const days = plans.data?.[0]?.days;
  return (
    <section className="rounded-panel border border-line bg-surface pb-2">
      <header className="flex min-h-11 flex-wrap items-center gap-x-6 gap-y-1 px-4 py-2">
        <h2 className="font-strong">{words.title}</h2>
        <StripLegend />
        <span className="ml-auto">
          <ShowTable shown={asTable} onToggle={() => setAsTable(!asTable)} />
        </span>
      </header>
      <ul className="flex flex-col gap-2.5 px-4 pb-1">
        {plans.data?.map((plan) => <StripRow key={plan.id} plan={plan} asTable={asTable} />) ??
          [0, 1].map((row) => (
            <li key={row} className="h-9">
              <Skeleton label={words.reading} className="mt-3 w-full" />
            </li>
          ))}
      </ul>
      {days && !asTable && <StripAxis days={days} />}
    </section>
  );
}
