import { useRef, useState } from "react";
import type { ComponentProps, ReactNode } from "react";

import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Field } from "../ui/Field";
import { Select } from "../ui/Select";
import { TextArea } from "../ui/TextArea";
import { TextInput } from "../ui/TextInput";
import type { KindField } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

const words = messages.remote;
/** Keys and certificates are a few kilobytes; anything much larger is another file. */
const LARGEST = 256 * 1024;

interface Props {
  field: KindField;
  value: string | undefined;
  /** What is wrong with it. */
  wrong: string | undefined;
  /** Whether a secret is kept of it already, and stays while nothing is typed. */
  kept: boolean;
  /** `undefined` is as if nothing had been typed. */
  onChange: (value: string | undefined) => void;
  /** Lists what it can hold. */
  onList: () => void;
}

/** One thing that has to be said, with the control for what it holds. */
export function FieldRow({ field, value, wrong, kept, onChange: onValue, onList }: Props) {
  const { shape, secret, required } = field;
  // What is kept goes by its button only, not by typing something and erasing it.
  const onChange = (text: string) => onValue(kept && text === "" ? undefined : text);
  const gone = kept && value === "";
  const forget = secret && kept && !required && (
    <Button aria-label={words.forgetOf(field.label)} onClick={() => onValue(gone ? undefined : "")}>
      {gone ? words.keep : words.forget}
    </Button>
  );
  const label = required || shape.is === "flag" ? field.label : words.optional(field.label);
  const wide = shape.is === "long_text" || shape.is === "folder" || shape.is === "url";
  if (shape.is === "flag") {
    return (
      <div className="col-span-full">
        <Checkbox checked={(value || field.default) === "true"} onChange={(on) => onChange(on ? "true" : "false")}>
          {label}
        </Checkbox>
        {field.help && <p className="text-12 text-text-2">{field.help}</p>}
      </div>
    );
  }
  return (
    <div className={wide ? "col-span-full" : ""}>
      <Field label={label} hint={field.help || undefined} invalid={wrong}>
        {(control) => {
          if (shape.is === "choice") {
            return (
              <Select {...control} wide value={value || field.default} onChoose={onChange}>
                {shape.options.map((option) => (
                  <option key={option.value} value={option.value}>
                    {option.label}
                  </option>
                ))}
              </Select>
            );
          }
          const typed = { ...control, value: value ?? "", placeholder: kept ? words.kept : field.default };
          if (shape.is === "long_text") {
            return (
              <LongText
                {...typed}
                secret={secret}
                gone={gone}
                beside={forget}
                onChange={({ target }) => onChange(target.value)}
                onRead={onChange}
              />
            );
          }
          const input = (
            <TextInput
              {...typed}
              type={secret ? "password" : "text"}
              autoComplete={secret ? "new-password" : "off"}
              inputMode={shape.is === "number" ? "numeric" : undefined}
              mono={shape.is === "url" || shape.is === "folder"}
              onChange={({ target }) => onChange(target.value)}
            />
          );
          const button =
            shape.is === "chosen" || shape.is === "folder" ? (
              <Button aria-label={words.chooseOf(field.label)} onClick={onList}>
                {words.choose}
              </Button>
            ) : (
              forget
            );
          return (
            <span className="flex gap-2">
              {gone ? (
                <p className="flex min-h-8 grow items-center text-13 text-text-2">{words.forgotten}</p>
              ) : (
                input
              )}
              {button}
            </span>
          );
        }}
      </Field>
    </div>
  );
}

type LongProps = ComponentProps<"textarea"> & {
  secret: boolean;
  /** What is kept is to go. */
  gone: boolean;
  /** Stands beside the button that reads a file. */
  beside: ReactNode;
  onRead: (text: string) => void;
};

/** Many lines, pasted or read from a file. */
function LongText({ secret, gone, beside, onRead, ...rest }: LongProps) {
  const file = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState<string>();
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > LARGEST) return setRefused(words.tooLarge(chosen.name));
    setRefused(undefined);
    onRead(await chosen.text());
  };
  return (
    <span className="flex flex-col items-start gap-2">
      {gone ? (
        <p className="text-13 text-text-2">{words.forgotten}</p>
      ) : (
        <TextArea {...rest} mono rows={4} concealed={secret} />
      )}
      <input
        ref={file}
        type="file"
        tabIndex={-1}
        aria-hidden
        className="hidden"
        onChange={({ target }) => {
          void read(target.files?.[0]);
          target.value = "";
        }}
      />
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {!gone && <Button onClick={() => file.current?.click()}>{words.fromFile}</Button>}
        {beside}
        {refused && (
          <span role="alert" className="text-12">
            {refused}
          </span>
        )}
      </span>
    </span>
  );
}
