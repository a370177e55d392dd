import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

import { merge } from "../../lib/merge";

interface Props {
  /** For readers, where no label stands over it. */
  label?: string;
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  /** As wide as its place, as a field of a form is. */
  wide?: boolean;
  value: string;
  onChoose: (value: string) => void;
  /** `<option>` elements. */
  children: ReactNode;
}

/** One of many, in the system's own list. */
export function Select({ label, value, onChoose, wide, children, ...control }: Props) {
  return (
    <span className={merge("relative inline-flex min-w-0", wide && "flex")}>
      <select
        {...control}
        aria-label={label}
        value={value}
        onChange={({ target }) => onChoose(target.value)}
        className={merge(
          "h-8 max-w-56 min-w-0 appearance-none rounded-control border border-line-strong bg-surface pr-8 pl-3 font-medium text-ellipsis shadow-1 hover:bg-hover",
          wide && "w-full max-w-none",
        )}
      >
        {children}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-2 right-2 size-4 text-text-3"
        strokeWidth={1.75}
      />
    </span>
  );
}
