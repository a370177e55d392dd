import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import type { ReactNode, Ref } from "react";

interface Props {
  checked: boolean | "indeterminate";
  onChange: (checked: boolean) => void;
  /** What it is about; without it, `label` is for readers. */
  children?: ReactNode;
  label?: string | undefined;
  /** Why it cannot be changed; it stays reachable, and says so as a tooltip and to readers. */
  disabledReason?: string | false | undefined;
  tabIndex?: number | undefined;
  /** The box itself, for the keyboard. */
  ref?: Ref<HTMLButtonElement> | undefined;
}

/** Yes, no, or some of what is below it. */
export function Checkbox({ checked, onChange, children, label, disabledReason, tabIndex, ref }: Props) {
  const box = (
    <Radix.Root
      ref={ref}
      checked={checked}
      onCheckedChange={(now) => !disabledReason && onChange(now === true)}
      aria-label={label}
      aria-disabled={disabledReason ? true : undefined}
      aria-description={disabledReason || undefined}
      title={disabledReason || undefined}
      tabIndex={tabIndex}
      className="group grid size-4 flex-none place-items-center rounded-chip border-[1.5px] border-control-line bg-surface text-on-accent aria-disabled:border-dashed aria-disabled:bg-sunken aria-disabled:text-text-3 data-[state=checked]:not-aria-disabled:border-accent data-[state=checked]:not-aria-disabled:bg-accent data-[state=indeterminate]:not-aria-disabled:border-accent data-[state=indeterminate]:not-aria-disabled:bg-accent"
    >
      <Radix.Indicator>
        <Check aria-hidden className="size-3 group-data-[state=indeterminate]:hidden" strokeWidth={3} />
        <Minus aria-hidden className="size-3 group-data-[state=checked]:hidden" strokeWidth={3} />
      </Radix.Indicator>
    </Radix.Root>
  );
  if (children === undefined) return box;
  return (
    <label className="inline-flex min-h-6 items-center gap-2">
      {box}
      <span className="min-w-0">{children}</span>
    </label>
  );
}
