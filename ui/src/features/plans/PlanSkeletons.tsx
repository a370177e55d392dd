import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";

/** Cards that are still read. */
export function PlanSkeletons() {
  return (
    <div className="appear-late grid gap-3">
      {["w-40", "w-56", "w-48"].map((width) => (
        <div key={width} className="rounded-panel border border-line bg-surface p-4">
          <Skeleton label={messages.plans.reading} className={width} />
          <span className="mt-3 block h-3 w-72 max-w-full rounded-chip bg-line" />
          <span className="mt-6 block h-5 rounded-chip bg-line" />
          <span className="mt-3 block h-3 w-16 rounded-chip bg-line" />
        </div>
      ))}
    </div>
  );
}
