import { useNavigate } from "@tanstack/react-router";
import { Play, Plus } from "lucide-react";

import { Button } from "../../components/ui/Button";
import type { PlanEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import type { useBackUp } from "../../lib/questions/useBackUp";

const words = messages.plans;

/** What can be done with all plans at once, and making another. */
export function PlansHead({ plans, backUp }: { plans: readonly PlanEntry[]; backUp: ReturnType<typeof useBackUp> }) {
  const go = useNavigate();
  return (
    <>
      <Button
        busy={backUp.isPending}
        disabledReason={plans.every(({ enabled }) => !enabled) && words.allPaused}
        onClick={() =>
          backUp.mutate([], {
            onSuccess: ([run]) => run !== undefined && void go({ to: "/runs/$run", params: { run } }),
          })
        }
      >
        {!backUp.isPending && <Play aria-hidden className="size-4" strokeWidth={1.75} />}
        {words.backUpAll}
      </Button>
      <Button variant="primary" onClick={() => void go({ to: "/plans/$plan", params: { plan: "new" } })}>
        <Plus aria-hidden className="size-4" strokeWidth={1.75} />
        {words.create}
      </Button>
    </>
  );
}
