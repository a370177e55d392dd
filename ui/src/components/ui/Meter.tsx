import { merge } from "../../lib/merge";

interface Props {
  label: string;
  /** From 0 to 1; `null` while nobody can tell. */
  fraction: number | null;
  /** What a reader hears instead of the percentage. */
  text?: string | undefined;
  /** Progress of a run, or how full something is. */
  kind?: "progress" | "level";
  className?: string | undefined;
}

/** How far, or how full. Without a fraction the bar stays empty: nothing moves that says nothing. */
export function Meter({ label, fraction, text, kind = "progress", className }: Props) {
  const percent = fraction === null ? undefined : Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <span
      role={kind === "progress" ? "progressbar" : "meter"}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      className={merge("block h-1.5 overflow-hidden rounded-full bg-line", className)}
    >
      <span
        className={merge("block h-full rounded-full", kind === "progress" ? "bg-accent" : "bg-chart-2")}
        style={{ width: `${percent ?? 0}%` }}
      />
    </span>
  );
}
