import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  label: string;
  value: string;
  onChoose: (value: string) => void;
  /** `<option>` elements. */
  children: ReactNode;
}

/** One of many, in the system's own list. */
export function Select({ label, value, onChoose, children }: Props) {
  return (
    <span className="relative inline-flex min-w-0">
      <select
        aria-label={label}
        value={value}
        onChange={({ target }) => onChoose(target.value)}
        className="h-8 max-w-56 min-w-0 appearance-none rounded-control border border-line-strong bg-surface pr-8 pl-3 font-medium text-ellipsis shadow-1 hover:bg-hover"
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
