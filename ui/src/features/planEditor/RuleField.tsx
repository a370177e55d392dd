import { Plus } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { Field } from "../../components/ui/Field";
import { TextInput } from "../../components/ui/TextInput";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Match } from "./useMatch";

const words = messages.plans.editor;

interface Props {
  value: string;
  taken: boolean;
  match: Match;
  onChange: (pattern: string) => void;
  onAdd: (pattern: string) => void;
}

/** A rule that is being typed, with what it would leave out. Enter adds it. */
export function RuleField({ value, taken, match, onChange, onAdd }: Props) {
  const pattern = value.trim();
  const refused = pattern === "" ? undefined : taken ? words.ruleKnown : match.refusalOf(pattern);
  return (
    <form
      className="px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (pattern !== "" && refused === undefined) onAdd(pattern);
      }}
    >
      <Field label={words.newRule} invalid={refused} hint={refused === undefined ? would(pattern, match) : undefined}>
        {(control) => (
          <span className="flex gap-2">
            <TextInput
              {...control}
              mono
              value={value}
              placeholder={words.newRuleExample}
              onChange={({ target }) => onChange(target.value)}
            />
            <Button type="submit">
              <Plus aria-hidden className="size-3.5" strokeWidth={1.75} />
              {words.addRule}
            </Button>
          </span>
        )}
      </Field>
    </form>
  );
}

function would(pattern: string, match: Match): string | undefined {
  const left = pattern === "" ? undefined : match.leftOut(pattern);
  if (left) return words.wouldLeaveOut(left.files, count(left.files), bytes(left.bytes));
  return pattern !== "" && match.counting ? words.counting : undefined;
}
