import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";

const words = messages.plans.editor;

/** The editor while its plan is read. */
export function EditorSkeleton() {
  return (
    <div className="flex max-w-[1264px] flex-col gap-4 px-8 pt-5 pb-8">
      <h1 className="sr-only">{words.reading}</h1>
      <Skeleton label={words.reading} className="h-5 w-56" />
      {["h-8", "h-14", "h-24", "h-24"].map((height, index) => (
        // Four shapes that never change their order.
        // eslint-disable-next-line react/no-array-index-key
        <span key={index} className={`appear-late block rounded-panel border border-line bg-surface ${height}`} />
      ))}
    </div>
  );
}
