import { Field } from "../../components/ui/Field";
import { TextInput } from "../../components/ui/TextInput";
import type { Holds } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";

const words = messages.destinations.adopting;

interface Props {
  /** What lies there. */
  holds: Holds;
  /** Why it was not added. */
  error: unknown;
  value: string;
  onChange: (passphrase: string) => void;
}

/** Asks for the passphrase of backups that somebody else made, where there are some, so that they can be taken over. */
export function AdoptField({ holds, error, value, onChange }: Props) {
  const others = holds === "keepstead" && (value !== "" || (error !== null && refusal(error).code === "wrong_passphrase"));
  if (holds !== "repository" && !others) return null;
  const { label, hint } = others ? words.others : words.repository;
  return (
    <div className="max-w-[480px]">
      <Field label={label} hint={hint}>
        {(control) => (
          <TextInput
            {...control}
            type="password"
            autoComplete="new-password"
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </Field>
    </div>
  );
}
