import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import type { PlanEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useBackUp } from "../../lib/questions/useBackUp";
import { useWorking } from "../../lib/questions/useWorking";

const words = messages.plans;

/** Backs a plan up and goes to its run; while one is under way, leads there. */
export function PlanRun({ plan }: { plan: PlanEntry }) {
  const go = useNavigate();
  const backUp = useBackUp();
  const under = useWorking().data?.find((run) => run.plan_id === plan.id && run.kind === "backup");
  const show = (run: string) => void go({ to: "/runs/$run", params: { run } });
  if (under) {
    return (
      <Button aria-label={words.showRunOf(plan.name)} onClick={() => show(under.id)}>
        {words.showRun}
      </Button>
    );
  }
  return (
    <>
      <Button
        aria-label={words.backUpOf(plan.name)}
        busy={backUp.isPending}
        onClick={() => backUp.mutate([plan.id], { onSuccess: ([run]) => run !== undefined && show(run) })}
      >
        {!backUp.isPending && <Play aria-hidden className="size-3.5" strokeWidth={1.75} />}
        {words.backUp}
      </Button>
      <InlineError error={backUp.error} className="order-last basis-full" />
    </>
  );
}
