import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { Field } from "../../components/ui/Field";
import { InlineError } from "../../components/ui/InlineError";
import { Notice } from "../../components/ui/Notice";
import { Tabs } from "../../components/ui/Tabs";
import { TextInput } from "../../components/ui/TextInput";
import type { PlanDraft, PlanEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useDestinations } from "../../lib/questions/useDestinations";
import { refusal } from "../../lib/refusal";
import { draftOf, noPlan, useDraft } from "./drafts";
import { EditorHead } from "./EditorHead";
import { PlanSentence } from "./PlanSentence";
import type { Part } from "./PlanSentence";
import { useMatch } from "./useMatch";
import { useSavePlan } from "./useSavePlan";
import { WhatTab } from "./WhatTab";
import { WherePanel } from "./WherePanel";

const words = messages.plans.editor;
const ofName = ["name_taken", "bad_name"];

/** The editor of a plan, or of one that is not there yet. */
export function PlanEditor({ plan }: { plan: PlanEntry | undefined }) {
  const id = plan?.id ?? "new";
  const go = useNavigate();
  const editing = useDraft(id, plan ? draftOf(plan) : noPlan);
  const { draft, changed, change } = editing;
  const [keptFromBefore] = useState(changed);
  const [part, setPart] = useState<Part>("what");
  const [typed, setTyped] = useState("");
  const parts = useRef<HTMLDivElement>(null);
  const destinations = useDestinations();
  const rule = typed.trim();
  const match = useMatch(draft.sources, rule === "" || draft.excludes.includes(rule) ? draft.excludes : [...draft.excludes, rule]);
  const save = useSavePlan(plan?.id ?? null, () => {
    editing.discard();
    if (!plan) void go({ to: "/plans" });
  });
  const refused = save.error ? refusal(save.error) : undefined;
  const aboutName = refused?.code && ofName.includes(refused.code) ? `${refused.message} ${refused.hint}` : undefined;
  const nameOf = (destination: string) =>
    destinations.data?.find((entry) => entry.id === destination)?.name ??
    plan?.targets.find((target) => target.destination === destination)?.destination_name ??
    destination;

  function open(wanted: Part) {
    setPart(wanted);
    requestAnimationFrame(() => {
      parts.current?.querySelector<HTMLElement>('[role="tabpanel"][data-state="active"]')?.focus();
    });
  }

  return (
    <div className="flex min-h-full max-w-[1264px] flex-col gap-4 px-8 pt-5 pb-8">
      <EditorHead
        title={draft.name.trim() || words.newTitle}
        isNew={!plan}
        changed={changed}
        saved={save.isSuccess}
        busy={save.isPending}
        blocked={(plan && !changed && words.unchanged) || missing(draft)}
        onSave={() => save.mutate(draft)}
        onDiscard={() => {
          editing.discard();
          save.reset();
          if (!plan) void go({ to: "/plans" });
        }}
      />
      {keptFromBefore && changed && <Notice>{words.kept}</Notice>}
      {!aboutName && <InlineError error={save.error} />}
      <div className="grid items-start gap-x-4 gap-y-2 min-[900px]:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <Field label={words.name} invalid={aboutName}>
          {(control) => (
            <TextInput
              {...control}
              value={draft.name}
              onChange={({ target }) => {
                if (aboutName) save.reset();
                change({ name: target.value });
              }}
            />
          )}
        </Field>
        <Field label={words.description}>
          {(control) => (
            <TextInput
              {...control}
              value={draft.description}
              placeholder={words.descriptionHint}
              onChange={({ target }) => change({ description: target.value })}
            />
          )}
        </Field>
      </div>
      <PlanSentence draft={draft} nameOf={nameOf} onOpen={open} />
      <div ref={parts}>
        <Tabs
          label={words.parts}
          chosen={part}
          onChoose={setPart}
          tabs={[
            {
              value: "what",
              label: words.what,
              content: <WhatTab editing={editing} match={match} typed={typed} onType={setTyped} />,
            },
            {
              value: "where",
              label: words.where,
              content: (
                <div className="flex flex-col gap-3 pt-4">
                  <WherePanel editing={editing} plan={plan} destinations={destinations} />
                </div>
              ),
            },
          ]}
        />
      </div>
    </div>
  );
}

/** What a plan cannot be without. */
function missing({ name, sources, destinations }: PlanDraft): string | false {
  if (name.trim() === "") return words.needsName;
  if (sources.length === 0) return words.needsFolder;
  return destinations.length === 0 && words.needsDestination;
}
