import { Check } from "lucide-react";
import { useState } from "react";

import { Field } from "../../components/ui/Field";
import { TextInput } from "../../components/ui/TextInput";
import { messages } from "../../lib/messages";

const words = messages.welcome.key;

interface Props {
  /** As it is numbered, from 1. */
  number: number;
  value: string;
  right: boolean;
  /** What the program says against it. */
  refused: string | undefined;
  onChange: (value: string) => void;
}

/** One word from the paper. Right shows at once; wrong is said on leaving the field, not while it is typed. */
export function WordField({ number, value, right, refused, onChange }: Props) {
  const [left, setLeft] = useState(false);
  const wrong = left && value.trim() !== "" && !right;
  return (
    <Field label={words.word(number)} invalid={refused ?? (wrong ? words.wrong(number) : undefined)}>
      {(control) => (
        <span className="relative">
          <TextInput
            {...control}
            mono
            tall
            value={value}
            autoCapitalize="none"
            onChange={({ target }) => {
              setLeft(false);
              onChange(target.value);
            }}
            onBlur={() => setLeft(true)}
            className="pr-10 text-16"
          />
          {right && refused === undefined && (
            <span role="img" aria-label={words.right} className="absolute inset-y-0 right-3 grid place-items-center">
              <Check className="size-4" strokeWidth={1.75} />
            </span>
          )}
        </span>
      )}
    </Field>
  );
}
