import type { ReactNode } from "react";

import { messages } from "../../lib/messages";
import { Field } from "../ui/Field";
import { TextInput } from "../ui/TextInput";
import { RemoteError } from "./RemoteError";
import { TrialResult } from "./TrialResult";
import type { Description } from "./useDescription";
import { WrongNote } from "./WrongNote";

interface Props {
  of: Description;
  /** Why it could not be used, although the trial went well. */
  error?: unknown;
  /** Why it cannot be called what was typed. */
  wrongName?: string | undefined;
  /** What else is asked once it works, before its name. */
  children?: ReactNode;
}

/** How the trial went: what is wrong, or that it works, and what to call it. */
export function Outcome({ of, error, wrongName, children }: Props) {
  const { draft, wrong, trial, tried, name } = of;
  return (
    <>
      <WrongNote draft={draft} wrong={wrong} />
      <RemoteError draft={draft} error={trial.error ?? error} onMend={of.mend} />
      {tried && (
        <>
          <TrialResult tried={tried} />
          {children}
          <div className="max-w-80">
            <Field label={messages.remote.name} hint={messages.destinations.adding.nameHint} invalid={wrongName}>
              {(control) => (
                <TextInput
                  {...control}
                  autoFocus
                  value={name}
                  placeholder={tried.place}
                  onChange={({ target }) => of.setName(target.value)}
                />
              )}
            </Field>
          </div>
        </>
      )}
    </>
  );
}
