import { useState } from "react";

import { DescribeRemote } from "../../../components/remote/DescribeRemote";
import { orderOf } from "../../../components/remote/draft";
import { Outcome } from "../../../components/remote/Outcome";
import { useDescription } from "../../../components/remote/useDescription";
import { Button } from "../../../components/ui/Button";
import { messages } from "../../../lib/messages";
import { AdoptField } from "../AdoptField";
import { useAddRemote } from "./useRemoteChange";

const words = messages.remote;

/** Chooses how a server or a cloud is reached, says what it takes, tries it, and makes it a destination. */
export function AddRemote({ onDone }: { onDone: () => void }) {
  const [adopt, setAdopt] = useState("");
  const add = useAddRemote();
  const description = useDescription({
    onChange: () => {
      setAdopt("");
      add.reset();
    },
  });
  const { kinds, draft, name, trial, tried } = description;
  return (
    <form
      className="border-t border-line"
      onSubmit={(event) => {
        event.preventDefault();
        if (!draft || trial.isPending || add.isPending) return;
        const order = orderOf(draft, name.trim() || null);
        if (tried) add.mutate({ order, adopt: adopt || null }, { onSuccess: onDone });
        else description.test(draft);
      }}
    >
      <DescribeRemote of={description} />
      {kinds.isSuccess && (
        <div className="flex flex-col gap-3 border-t border-line px-6 py-4">
          <Outcome of={description} error={add.error}>
            {tried && <AdoptField holds={tried.holds} error={add.error} value={adopt} onChange={setAdopt} />}
          </Outcome>
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
      )}
    </form>
  );
}
