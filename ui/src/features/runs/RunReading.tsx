import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";

const words = messages.runs;

/** The shape of a run that is still being read. */
export function RunReading() {
  return (
    <>
      <h1 className="sr-only">{words.reading}</h1>
      <Skeleton label={words.reading} className="mt-8 h-5 w-72" />
      <Skeleton label={words.reading} className="h-34 w-full rounded-panel" />
      <Skeleton label={words.reading} className="h-64 w-full rounded-panel" />
    </>
  );
}
