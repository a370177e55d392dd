import type { State } from "../../ipc/bindings";
import { merge } from "../../lib/merge";
import { tones } from "../../lib/tone";
import { Keep } from "./Keep";

/** A state as glyph and word, in its colour; the word comes from the program. */
export function StateMark({ state, word, className }: { state: State; word: string; className?: string | undefined }) {
  return (
    <span className={merge("inline-flex items-center gap-1.5 font-medium whitespace-nowrap", tones[state].ink, className)}>
      <Keep shape={state} className="size-4" />
      {word}
    </span>
  );
}
