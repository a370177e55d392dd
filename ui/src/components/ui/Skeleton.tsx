import { merge } from "../../lib/merge";

/** The shape of a line that is still being read; nothing for the first 300 ms. */
export function Skeleton({ label, className }: { label: string; className?: string | undefined }) {
  return (
    <span role="status" className={merge("appear-late block h-3 w-48 rounded-chip bg-line", className)}>
      <span className="sr-only">{label}</span>
    </span>
  );
}
