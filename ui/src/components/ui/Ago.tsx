import { ago, moment } from "../../lib/format";
import { useNow } from "../../lib/now";

/** How long ago, with the moment behind it; what did not happen yet is "–" or what is said instead. */
export function Ago({ at, never = "–", className }: { at: string | null; never?: string; className?: string | undefined }) {
  const now = useNow();
  if (at === null) return <span className={className}>{never}</span>;
  return (
    <time dateTime={at} title={moment(at)} className={className}>
      {ago(at, now)}
    </time>
  );
}
