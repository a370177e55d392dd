import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { Field } from "../ui/Field";
import { Select } from "../ui/Select";
import type { KindField, WrongField } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { ChooseDialog } from "./ChooseDialog";
import type { Draft } from "./draft";
import { presetOf, shownOf } from "./draft";
import { FieldRow } from "./FieldRow";

const words = messages.remote;

interface Props {
  draft: Draft;
  wrong: readonly WrongField[];
  onChange: (draft: Draft) => void;
}

/** Everything that has to be said about a kind of destination, drawn from what the program says of it. */
export function RemoteForm({ draft, wrong, onChange }: Props) {
  const [listed, setListed] = useState<KindField>();
  const [open, setOpen] = useState(false);
  const shown = shownOf(draft);
  const few = shown.filter(({ advanced }) => !advanced);
  const rest = shown.filter(({ advanced }) => advanced);
  const preset = presetOf(draft);
  const row = (field: KindField) => (
    <FieldRow
      key={field.key}
      field={field}
      value={field.secret ? draft.secrets[field.key] : draft.values[field.key]}
      wrong={wrong.find((each) => each.field === field.key)?.message}
      kept={field.secret && draft.of !== null}
      onChange={(value) => onChange(withField(draft, field, value))}
      onList={() => setListed(field)}
    />
  );
  return (
    <div className="flex flex-col gap-4 border-t border-line px-6 py-4">
      {draft.of === null && draft.kind.presets.length > 0 && (
        <div className="min-[720px]:max-w-[calc(50%-8px)]">
          <Field label={words.service} hint={preset?.help || undefined}>
            {(control) => (
              <Select {...control} wide value={preset?.id ?? ""} onChoose={(id) => onChange({ ...draft, preset: id || null })}>
                <option value="">{words.otherService}</option>
                {draft.kind.presets.map(({ id, label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      )}
      <div className={grid}>{few.map(row)}</div>
      {rest.length > 0 && (
        <details
          open={open || rest.some(({ key }) => wrong.some(({ field }) => field === key))}
          onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
          className="group"
        >
          <summary className="flex w-fit items-center gap-1.5 rounded-chip text-13 font-medium text-text-2 hover:text-text [&::-webkit-details-marker]:hidden">
            <ChevronRight aria-hidden className="size-4 group-open:rotate-90" strokeWidth={1.75} />
            {words.advanced}
          </summary>
          <div className={`${grid} pt-3`}>{rest.map(row)}</div>
        </details>
      )}
      {(preset?.cost || draft.kind.cost) && <p className="text-13 text-text-2">{preset?.cost || draft.kind.cost}</p>}
      {listed && (
        <ChooseDialog
          draft={draft}
          field={listed}
          onDraft={onChange}
          onCancel={() => setListed(undefined)}
          onChoose={(value) => {
            setListed(undefined);
            onChange(withField(draft, listed, value));
          }}
        />
      )}
    </div>
  );
}

const grid = "grid items-start gap-x-4 gap-y-4 min-[720px]:grid-cols-2";

function withField(draft: Draft, { key, secret }: KindField, value: string | undefined): Draft {
  const { [key]: _, ...others } = secret ? draft.secrets : draft.values;
  const now = value === undefined ? others : { ...others, [key]: value };
  return secret ? { ...draft, secrets: now } : { ...draft, values: now };
}
