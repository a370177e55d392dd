import { Switch as Radix } from "radix-ui";

interface Props {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Why it cannot be changed; it stays reachable. Say it in words beside it as well. */
  disabledReason?: string | false | undefined;
}

/** On or off, at once. */
export function Switch({ label, checked, onChange, disabledReason }: Props) {
  return (
    <Radix.Root
      aria-label={label}
      checked={checked}
      onCheckedChange={(now) => !disabledReason && onChange(now)}
      aria-disabled={disabledReason ? true : undefined}
      aria-description={disabledReason || undefined}
      className="h-5 w-8 flex-none rounded-[10px] bg-control-line p-0.5 aria-disabled:border aria-disabled:border-dashed aria-disabled:border-control-line aria-disabled:bg-sunken aria-disabled:p-px data-[state=checked]:not-aria-disabled:bg-accent"
    >
      <Radix.Thumb className="block size-4 rounded-full bg-raised data-[state=checked]:ml-3 data-[state=checked]:bg-on-accent" />
    </Radix.Root>
  );
}
