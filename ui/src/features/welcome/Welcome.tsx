import { useState } from "react";

import { orderOf } from "../../components/remote/draft";
import { messages } from "../../lib/messages";
import { BegunStep } from "./BegunStep";
import { Door } from "./Door";
import { KeyStep } from "./KeyStep";
import { useBegin } from "./useBegin";
import { useNewKit } from "./useNewKit";
import { useSaveKit } from "./useSaveKit";
import { useWhat } from "./useWhat";
import { useWhere } from "./useWhere";
import { WhatStep } from "./WhatStep";
import { WhereStep } from "./WhereStep";

const words = messages.welcome;

/** Three steps from nothing to the first backup. What was chosen stays when one goes back. */
export function Welcome() {
  const [step, setStep] = useState(0);
  const [typed, setTyped] = useState<ReadonlyMap<number, string>>(new Map());
  const what = useWhat();
  const where = useWhere(step > 0);
  const kit = useNewKit(step === 2);
  const save = useSaveKit();
  const { begin, open } = useBegin();
  const notes = begin.data?.notes ?? [];
  const places = {
    places: where.chosen.flatMap(({ at }) => ("folder" in at ? [at.folder] : [])),
    remotes: where.chosen.flatMap(({ at }) => ("remote" in at ? [orderOf(at.remote.draft, at.remote.name || null)] : [])),
  };

  return (
    <div className="flex h-screen flex-col min-[960px]:flex-row">
      <Door step={begin.isSuccess ? 3 : step} />
      {notes.length > 0 ? (
        <BegunStep notes={notes} onOpen={open} />
      ) : step === 0 ? (
        <WhatStep what={what} onNext={() => setStep(1)} />
      ) : step === 1 ? (
        <WhereStep where={where} total={what.total} onBack={() => setStep(0)} onNext={() => setStep(2)} />
      ) : (
        <KeyStep
          kit={kit}
          save={save}
          begin={begin}
          places={places}
          typed={typed}
          onType={(position, word) => {
            begin.reset();
            setTyped((before) => new Map(before).set(position, word));
          }}
          onBack={() => setStep(1)}
          onStart={(answers) =>
            begin.mutate({ name: words.planName, sources: what.chosen, excludes: [], ...places, answers })
          }
        />
      )}
    </div>
  );
}
