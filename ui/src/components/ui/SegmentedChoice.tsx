import type { LucideIcon } from "lucide-react";

interface Props<Value extends string> {
  legend: string;
  name: string;
  options: readonly { value: Value; label: string; icon: LucideIcon }[];
  chosen: Value;
  onChoose: (value: Value) => void;
}

/** One of a few, all in sight. Native radio buttons: arrow keys move the choice. */
export function SegmentedChoice<Value extends string>({ legend, name, options, chosen, onChoose }: Props<Value>) {
  return (
    <fieldset className="flex-none">
      <legend className="sr-only">{legend}</legend>
      <div className="inline-flex gap-0.5 rounded-control border border-line-strong bg-sunken p-0.5">
        {options.map(({ value, label, icon: Icon }) => (
          <label
            key={value}
            className="relative flex h-[26px] items-center gap-1.5 rounded-[4px] px-2.5 text-13 font-medium text-text-2 hover:text-text has-checked:bg-raised has-checked:text-text has-checked:shadow-1 has-checked:ring-1 has-checked:ring-line-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={chosen === value}
              onChange={() => onChoose(value)}
            />
            <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
