import { useState } from "react";

import { Button } from "../../components/ui/Button";
import { Field } from "../../components/ui/Field";
import { InlineError } from "../../components/ui/InlineError";
import { TextInput } from "../../components/ui/TextInput";
import type { KitAnswer } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

interface Props {
  places: readonly number[];
  busy: boolean;
  error: unknown;
  onTyped: () => void;
  onConfirm: (answers: KitAnswer[]) => void;
  onCancel: () => void;
}

export function TwoWords({ places, busy, error, onTyped, onConfirm, onCancel }: Props) {
  const [typed, setTyped] = useState<Record<number, string>>({});
  const words = messages.security;
  const answers = places.map((position) => ({ position, word: (typed[position] ?? "").trim() }));
  const complete = answers.every(({ word }) => word !== "");
  return (
    <form
      aria-label={words.confirm}
      className="order-1 flex basis-full flex-col gap-3 rounded-panel border border-line p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (complete && !busy) onConfirm(answers);
      }}
    >
      <p className="text-13 text-pretty text-text-2">{words.confirmWhy}</p>
      <div className="grid gap-3 min-[640px]:grid-cols-2">
        {places.map((position, index) => (
          <Field key={position} label={words.word(position + 1)}>
            {(control) => (
              <TextInput
                {...control}
                mono
                tall
                autoFocus={index === 0}
                value={typed[position] ?? ""}
                onChange={({ target }) => {
                  setTyped({ ...typed, [position]: target.value });
                  onTyped();
                }}
              />
            )}
          </Field>
        ))}
      </div>
      <InlineError error={error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" busy={busy} disabledReason={!complete && words.both}>
          {words.check}
        </Button>
        <Button variant="quiet" onClick={onCancel}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}
