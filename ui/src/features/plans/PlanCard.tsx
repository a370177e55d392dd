import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, History, Pause, Pencil, Play, Trash2 } from "lucide-react";
import { useRef, useState } from "react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Menu } from "../../components/ui/Menu";
import { StateMark } from "../../components/ui/StateMark";
import type { PlanEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { PlanDays } from "./PlanDays";
import { PlanFacts } from "./PlanFacts";
import { PlanFlow } from "./PlanFlow";
import { PlanHistory } from "./PlanHistory";
import { PlanRun } from "./PlanRun";
import { RemovePlan } from "./RemovePlan";
import { useEnablePlan, useRemovePlan } from "./usePlanChanges";

const words = messages.plans;

/** One plan: what goes where, how it stands, its ninety days, and what can be done with it. */
export function PlanCard({ plan, onRemoved }: { plan: PlanEntry; onRemoved: (name: string) => void }) {
  const [showsRuns, setShowsRuns] = useState(false);
  const [removing, setRemoving] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const go = useNavigate();
  const enable = useEnablePlan(plan.id);
  const remove = useRemovePlan(onRemoved);
  const edit = { to: "/plans/$plan", params: { plan: plan.id } } as const;

  return (
    <li className="rounded-panel border border-line bg-surface">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4 pb-3">
        <div className="min-w-0 grow basis-72">
          <h2 className="text-16 font-strong wrap-anywhere">
            <Link {...edit} className="rounded-chip hover:underline">
              {plan.name}
            </Link>
          </h2>
          <PlanFlow plan={plan} />
        </div>
        <div className="flex flex-wrap items-center gap-x-2 gap-y-2">
          <p className="mr-2 flex min-h-8 flex-wrap items-center gap-x-2">
            <StateMark state={plan.state} word={plan.word} />
            <span className="text-13 text-text-2">{plan.line}</span>
          </p>
          <PlanRun plan={plan} />
          <Menu
            items={[
              { label: words.edit, icon: Pencil, onChoose: () => void go(edit) },
              {
                label: plan.enabled ? words.pause : words.takeUp,
                icon: plan.enabled ? Pause : Play,
                onChoose: () => enable.mutate(!plan.enabled),
              },
              {
                label: showsRuns ? words.hideRuns : words.runs,
                icon: History,
                onChoose: () => setShowsRuns(!showsRuns),
              },
              "line",
              { label: words.remove, icon: Trash2, onChoose: () => setRemoving(true) },
            ]}
          >
            <Button ref={more} variant="quiet" size="icon" aria-label={words.more(plan.name)} busy={enable.isPending}>
              {!enable.isPending && <Ellipsis aria-hidden className="size-4" strokeWidth={1.75} />}
            </Button>
          </Menu>
        </div>
      </div>
      <InlineError error={enable.error} className="mx-4 mb-3" />
      <div className="mx-4 grid items-end gap-x-6 gap-y-3 border-t border-line py-3 min-[960px]:grid-cols-[minmax(0,1fr)_auto]">
        <PlanDays plan={plan} />
        <PlanFacts plan={plan} />
      </div>
      {showsRuns && <PlanHistory plan={plan} />}
      {removing && (
        <RemovePlan
          plan={plan}
          busy={remove.isPending}
          error={remove.error}
          onRemove={() => remove.mutate(plan.id)}
          onKeep={() => {
            setRemoving(false);
            more.current?.focus();
          }}
        />
      )}
    </li>
  );
}
