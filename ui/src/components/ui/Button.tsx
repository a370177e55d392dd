import { cva } from "class-variance-authority";
import type { VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { useId } from "react";
import type { ComponentProps } from "react";

import { merge } from "../../lib/merge";

const button = cva(
  "inline-flex h-8 flex-none items-center justify-center gap-2 rounded-control border px-3 font-medium whitespace-nowrap aria-disabled:cursor-not-allowed aria-disabled:border-dashed aria-disabled:border-line-strong aria-disabled:bg-sunken aria-disabled:text-text-3 aria-disabled:shadow-none",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-on-accent shadow-1 hover:bg-accent-hover",
        secondary: "border-line-strong bg-surface shadow-1 hover:bg-hover",
        quiet: "border-transparent text-text-2 hover:bg-hover hover:text-text",
      },
      size: { normal: "", tall: "h-10 px-4", icon: "w-8 px-0" },
    },
    defaultVariants: { variant: "secondary", size: "normal" },
  },
);

type Props = Omit<ComponentProps<"button">, "disabled"> &
  VariantProps<typeof button> & {
    /** The action runs: same label, turning icon, no second press. */
    busy?: boolean | undefined;
    /** Why it cannot be pressed; the button stays reachable and says so. */
    disabledReason?: string | false | undefined;
    /** The id of what says why, where one reason stands beside several buttons. */
    disabledBy?: string | false | undefined;
  };

export function Button({ variant, size, busy, disabledReason, disabledBy, className, children, onClick, ...rest }: Props) {
  const reason = useId();
  const blocked = Boolean(busy || disabledReason || disabledBy);
  return (
    <>
      <button
        type="button"
        aria-busy={busy || undefined}
        aria-disabled={blocked && !busy ? true : undefined}
        aria-describedby={disabledBy || (disabledReason ? reason : undefined)}
        onClick={blocked ? undefined : onClick}
        className={merge(button({ variant, size }), className)}
        {...rest}
      >
        {busy && <LoaderCircle aria-hidden className="size-4 animate-spin motion-reduce:animate-none" />}
        {children}
      </button>
      {disabledReason && (
        <span id={reason} className="text-13 text-text-2">
          {disabledReason}
        </span>
      )}
    </>
  );
}
