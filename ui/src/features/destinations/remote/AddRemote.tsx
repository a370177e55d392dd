import { useState } from "react";

import { AskError } from "../../../components/ui/AskError";
import { Button } from "../../../components/ui/Button";
import { Field } from "../../../components/ui/Field";
import { Skeleton } from "../../../components/ui/Skeleton";
import { TextInput } from "../../../components/ui/TextInput";
import { messages } from "../../../lib/messages";
import { AdoptField } from "../AdoptField";
import { blank, mended, orderOf } from "./draft";
import type { Draft } from "./draft";
import { KindList } from "./KindList";
import { RemoteError } from "./RemoteError";
import { RemoteForm } from "./RemoteForm";
import { TrialResult } from "./TrialResult";
import { WrongNote } from "./WrongNote";
import { useAddRemote, useKinds, useTry } from "./useRemote";

const words = messages.remote;

/** Chooses how a server or a cloud is reached, says what it takes, tries it, and makes it a destination. */
export function AddRemote({ onDone }: { onDone: () => void }) {
  const kinds = useKinds();
  const [draft, setDraft] = useState<Draft>();
  const [name, setName] = useState("");
  const [adopt, setAdopt] = useState("");
  const trial = useTry();
  const add = useAddRemote();
  const change = (now: Draft) => {
    setDraft(now);
    setAdopt("");
    // What was tried was something else.
    trial.reset();
    add.reset();
  };
  const tryIt = (now: Draft) => trial.mutate(orderOf(now, null));
  const tried = trial.data && "tried" in trial.data ? trial.data.tried : undefined;
  const wrong = trial.data && "wrong" in trial.data ? trial.data.wrong : [];
  if (!kinds.isSuccess) {
    return (
      <div className="border-t border-line px-6 py-4">
        {kinds.isError ? <AskError query={kinds} /> : <Skeleton label={words.reading} />}
      </div>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!draft || trial.isPending || add.isPending) return;
        const order = orderOf(draft, name.trim() || null);
        if (tried) add.mutate({ order, adopt: adopt || null }, { onSuccess: onDone });
        else tryIt(draft);
      }}
    >
      <KindList kinds={kinds.data} chosen={draft?.kind.id} onChoose={(kind) => change(blank(kind))} />
      {draft && <RemoteForm key={draft.kind.id} draft={draft} wrong={wrong} onChange={change} />}
      <div className="flex flex-col gap-3 border-t border-line px-6 py-4">
        <WrongNote draft={draft} wrong={wrong} />
        <RemoteError
          draft={draft}
          error={trial.error ?? add.error}
          onMend={(remedy) => {
            if (!draft) return;
            const now = mended(draft, remedy);
            change(now);
            tryIt(now);
          }}
        />
        {tried && (
          <>
            <TrialResult tried={tried} />
            <AdoptField holds={tried.holds} error={add.error} value={adopt} onChange={setAdopt} />
            <div className="max-w-80">
              <Field label={words.name} hint={messages.destinations.adding.nameHint}>
                {(control) => (
                  <TextInput
                    {...control}
                    autoFocus
                    value={name}
                    placeholder={tried.place}
                    onChange={({ target }) => setName(target.value)}
                  />
                )}
              </Field>
            </div>
          </>
        )}
        <div className="flex flex-wrap items-center gap-2">
          {tried ? (
            <Button type="submit" variant="primary" busy={add.isPending}>
              {words.add}
            </Button>
          ) : (
            <Button type="submit" variant="primary" busy={trial.isPending} disabledReason={!draft && words.noneChosen}>
              {words.test}
            </Button>
          )}
          <Button variant="quiet" onClick={onDone}>
            {words.cancel}
          </Button>
        </div>
        {trial.isPending && (
          <p role="status" className="text-13 text-text-2">
            {words.trying}
          </p>
        )}
      </div>
    </form>
  );
}
