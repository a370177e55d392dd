import { X } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "../../components/ui/Button";
import { Crumbs } from "../../components/ui/Crumbs";
import { InlineError } from "../../components/ui/InlineError";
import { PauseButton } from "../../components/ui/PauseButton";
import type { RunEntry } from "../../ipc/bindings";
import { moment } from "../../lib/format";
import { messages } from "../../lib/messages";
import { useCancelRun } from "../../lib/questions/useCancelRun";
import { usePauseRun } from "../../lib/questions/usePauseRun";
import { endOf, titleOf } from "./stage";
import { isUpkeep } from "./upkeep";

const words = messages.runs;

interface Props {
  run: RunEntry;
  /** How much it may take, for as long as it is not over. */
  limits: ReactNode;
  onPlans: () => void;
  onPlan: (id: string) => void;
  onRestore: () => void;
  onDestinations: () => void;
}

/** What the run is about, the way back, and the ways to hold and to stop it. */
export function RunHead({ run, limits, onPlans, onPlan, onRestore, onDestinations }: Props) {
  const cancel = useCancelRun();
  const pause = usePauseRun();
  const { plan_id } = run;
  const over = endOf(run.status) !== null;
  const cancelling = run.cancel_requested || cancel.isPending;
  const here = { key: "run", label: words.runOf(moment(run.started_at ?? run.queued_at)), onGo: () => undefined };
  const trail =
    run.kind === "restore"
      ? [{ key: "restore", label: words.trail.restore, onGo: onRestore }, here]
      : isUpkeep(run)
        ? [{ key: "destinations", label: words.trail.destinations, onGo: onDestinations }, here]
        : [
            { key: "plans", label: words.trail.plans, onGo: onPlans },
            ...(plan_id ? [{ key: "plan", label: run.plan, onGo: () => onPlan(plan_id) }] : []),
            here,
          ];
  return (
    <>
      <div className="-mb-2 -ml-1.5">
        <Crumbs trail={trail} />
      </div>
      <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-20 font-strong tracking-[-0.012em] wrap-anywhere">{titleOf(run)}</h1>
        {!over && (
          <div className="ml-auto flex items-center gap-2">
            {limits}
            {!cancelling && <PauseButton run={run} change={pause} />}
            <Button busy={cancelling} onClick={() => cancel.mutate(run.id)}>
              {!cancelling && <X aria-hidden className="size-4" strokeWidth={1.75} />}
              {cancelling ? words.cancelling : words.cancel}
            </Button>
          </div>
        )}
      </header>
      <InlineError error={cancel.error ?? pause.error} />
    </>
  );
}
