import { useEffect, useRef, useState } from "react";

import { draftOf, mended, orderOf } from "../../../components/remote/draft";
import type { Draft } from "../../../components/remote/draft";
import { RemoteError } from "../../../components/remote/RemoteError";
import { RemoteForm } from "../../../components/remote/RemoteForm";
import { TrialResult } from "../../../components/remote/TrialResult";
import { useKinds, useTry } from "../../../components/remote/useRemote";
import { WrongNote } from "../../../components/remote/WrongNote";
import { AskError } from "../../../components/ui/AskError";
import { Button } from "../../../components/ui/Button";
import { Panel } from "../../../components/ui/Panel";
import { Skeleton } from "../../../components/ui/Skeleton";
import type { DestinationEntry, DestinationKind } from "../../../ipc/bindings";
import { messages } from "../../../lib/messages";
import { useChangeRemote } from "./useRemoteChange";

const words = messages.remote;

/** Says other things about a destination. What is kept of secrets is never shown, and stays unless typed anew. */
export function ChangeRemote({ of, onDone }: { of: DestinationEntry; onDone: () => void }) {
  const kinds = useKinds();
  return (
    <Panel title={words.changing(of.name)} hint={words.changingHint}>
      {kinds.isSuccess ? (
        <Form of={of} kinds={kinds.data} onDone={onDone} />
      ) : (
        <div className="border-t border-line px-6 py-4">
          {kinds.isError ? <AskError query={kinds} /> : <Skeleton label={words.reading} />}
        </div>
      )}
    </Panel>
  );
}

function Form({ of, kinds, onDone }: { of: DestinationEntry; kinds: readonly DestinationKind[]; onDone: () => void }) {
  const [draft, setDraft] = useState(draftOf(of, kinds));
  const form = useRef<HTMLFormElement>(null);
  // It stands above what was pressed.
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);
  const trial = useTry();
  const save = useChangeRemote();
  const change = (now: Draft) => {
    setDraft(now);
    trial.reset();
    save.reset();
  };
  const tried = trial.data && "tried" in trial.data ? trial.data.tried : undefined;
  const wrong = trial.data && "wrong" in trial.data ? trial.data.wrong : [];
  if (!draft) return <p className="border-t border-line px-6 py-4">{words.unknownKind}</p>;
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending) save.mutate({ id: of.id, order: orderOf(draft, null) }, { onSuccess: onDone });
      }}
    >
      <RemoteForm draft={draft} wrong={wrong} onChange={change} />
      <div className="flex flex-col gap-3 border-t border-line px-6 py-4">
        <WrongNote draft={draft} wrong={wrong} />
        <RemoteError
          draft={draft}
          error={save.error ?? trial.error}
          onMend={(remedy) => {
            const now = mended(draft, remedy);
            change(now);
            trial.mutate(orderOf(now, null));
          }}
        />
        {tried && <TrialResult tried={tried} />}
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" variant="primary" busy={save.isPending}>
            {words.save}
          </Button>
          <Button
            busy={trial.isPending}
            onClick={() => {
              save.reset();
              trial.mutate(orderOf(draft, null));
            }}
          >
            {words.test}
          </Button>
          <Button variant="quiet" onClick={onDone}>
            {words.cancel}
          </Button>
        </div>
      </div>
    </form>
  );
}
