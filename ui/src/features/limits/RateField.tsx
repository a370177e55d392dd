import { CircleAlert } from "lucide-react";
import { useId, useState } from "react";

import { Select } from "../../components/ui/Select";
import { Switch } from "../../components/ui/Switch";
import { TextInput } from "../../components/ui/TextInput";
import { messages } from "../../lib/messages";
import { kibOf, shown, units } from "./amount";
import type { Amount, Unit } from "./amount";

const words = messages.limits;
/** What a limit begins with that was never chosen. */
const FIRST = 1024;

interface Props {
  name: string;
  kib: number | null;
  onChange: (kib: number | null) => void;
}

/** A limit of bytes a second: off, or a number with its unit. It counts when it was typed to its end. */
export function RateField({ name, kib, onChange }: Props) {
  const [typed, setTyped] = useState<Amount>();
  const [last, setLast] = useState(FIRST);
  const wrong = useId();
  const amount = typed ?? shown(kib ?? last);
  const invalid = typed !== undefined && kibOf(typed) === null;

  function commit(now: Amount) {
    const wanted = kibOf(now);
    if (wanted === null) return setTyped(now);
    setTyped(undefined);
    setLast(wanted);
    if (wanted !== kib) onChange(wanted);
  }
  function toggle(on: boolean) {
    setTyped(undefined);
    if (kib !== null) setLast(kib);
    onChange(on ? last : null);
  }
  return (
    <>
      <span className="flex min-h-8 items-center gap-3">
        <Switch label={words.limit(name)} checked={kib !== null} onChange={toggle} />
        {kib === null ? (
          <span className="text-text-2">{words.off}</span>
        ) : (
          <>
            <TextInput
              aria-label={words.amount(name)}
              aria-invalid={invalid || undefined}
              aria-describedby={invalid ? wrong : undefined}
              inputMode="decimal"
              className="w-24 text-right tabular-nums"
              value={amount.text}
              onChange={({ target }) => setTyped({ ...amount, text: target.value })}
              onBlur={() => typed && commit(typed)}
              onKeyDown={({ key }) => key === "Enter" && typed && commit(typed)}
            />
            <Select label={words.unit(name)} value={amount.unit} onChoose={(unit) => commit({ ...amount, unit: unit as Unit })}>
              {Object.keys(units).map((unit) => (
                <option key={unit} value={unit}>
                  {unit}/s
                </option>
              ))}
            </Select>
          </>
        )}
      </span>
      {invalid && (
        <p id={wrong} role="alert" className="flex basis-full items-start gap-1.5 text-12">
          <CircleAlert aria-hidden className="size-3.5 flex-none translate-y-px" strokeWidth={1.75} />
          {words.noNumber}
        </p>
      )}
    </>
  );
}
