import { useState } from "react";

import { AskError } from "../../components/ui/AskError";
import { InlineError } from "../../components/ui/InlineError";
import { Screen } from "../../components/ui/Screen";
import { Toast } from "../../components/ui/Toast";
import type { PlanEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useBackUp } from "../../lib/questions/useBackUp";
import { usePlans } from "../../lib/questions/usePlans";
import { NoPlans } from "./NoPlans";
import { PlanCard } from "./PlanCard";
import { PlanSkeletons } from "./PlanSkeletons";
import { PlansHead } from "./PlansHead";

const words = messages.plans;

/** All plans, one card each. */
export function PlansScreen() {
  const plans = usePlans();
  const backUp = useBackUp();
  const [removed, setRemoved] = useState<string>();
  const toast = removed !== undefined && (
    <Toast onDismiss={() => setRemoved(undefined)}>{words.removing.removed(removed)}</Toast>
  );
  if (plans.isError) {
    return (
      <Screen title={words.title}>
        <section className="flex flex-col gap-3">
          <div>
            <h2 className="text-16 font-strong">{words.failed.title}</h2>
            <p className="text-text-2">{words.failed.means}</p>
          </div>
          <AskError query={plans} />
        </section>
      </Screen>
    );
  }
  if (plans.isPending) {
    return (
      <Screen title={words.title}>
        <PlanSkeletons />
      </Screen>
    );
  }
  if (plans.data.length === 0) {
    return (
      <>
        <NoPlans />
        {toast}
      </>
    );
  }
  return (
    <Screen title={words.title} sub={sub(plans.data)} actions={<PlansHead plans={plans.data} backUp={backUp} />}>
      <InlineError error={backUp.error} />
      <ul aria-label={words.list} className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {plans.data.map((plan) => (
          <PlanCard key={plan.id} plan={plan} onRemoved={setRemoved} />
        ))}
      </ul>
      {toast}
    </Screen>
  );
}

function sub(plans: readonly PlanEntry[]): string {
  const not = plans.filter(({ state }) => state !== "protected").length;
  return not === 0 ? words.allProtected(plans.length) : words.notProtected(plans.length, not);
}
