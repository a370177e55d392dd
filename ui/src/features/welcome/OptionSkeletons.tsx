import { Skeleton } from "../../components/ui/Skeleton";

const widths = ["w-40", "w-32", "w-48", "w-36"];

/** Rows that are still being looked up. */
export function OptionSkeletons({ label }: { label: string }) {
  return (
    <div className="appear-late rounded-panel border border-line bg-surface">
      {widths.map((width) => (
        <div key={width} className="flex min-h-14 items-center gap-3 border-t border-line px-4 first:border-t-0">
          <span className="size-4 rounded-chip bg-line" />
          <span className="size-5 rounded-chip bg-line" />
          <Skeleton label={label} className={width} />
        </div>
      ))}
    </div>
  );
}
