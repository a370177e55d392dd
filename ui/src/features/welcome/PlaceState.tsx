import { Check, LoaderCircle } from "lucide-react";

import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { PlaceChoice } from "./useWhere";

const words = messages.welcome.where;

/** How a place took the test file; before it is chosen, only what speaks against it. */
export function PlaceState({ place }: { place: PlaceChoice }) {
  const { trial, kind, writable } = place;
  const style = "flex items-center gap-1.5 text-13 whitespace-nowrap";
  if (!place.isChosen) {
    if (!writable) return <span className={`${style} text-text-2`}>{words.readOnly}</span>;
    return kind === "system" ? <span className={`${style} text-text-2`}>{words.notAdvised}</span> : <span />;
  }
  if (trial?.error) return <span className={`${style} font-medium`}>{words.refusedShort}</span>;
  if (!trial?.done) {
    return (
      <span className={`${style} text-text-2`}>
        <LoaderCircle aria-hidden className="size-3.5 animate-spin motion-reduce:animate-none" strokeWidth={1.75} />
        {words.trying}
      </span>
    );
  }
  return (
    <span className={`${style} font-medium`}>
      <Check aria-hidden className="size-3.5" strokeWidth={1.75} />
      {words.writes(bytes(trial.done.bytes_per_second))}
    </span>
  );
}
