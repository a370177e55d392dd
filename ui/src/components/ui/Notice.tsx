import { Info } from "lucide-react";
import type { ReactNode } from "react";

import type { State } from "../../ipc/bindings";
import { merge } from "../../lib/merge";
import { tones } from "../../lib/tone";
import { Keep } from "./Keep";

interface Props {
  /** The state of protection that this is about; without one it is information, in ink blue. */
  state?: State;
  children: ReactNode;
  /** A button, at the end of the line. */
  action?: ReactNode;
  className?: string | undefined;
}

/** Something to know, where it matters. */
export function Notice({ state, children, action, className }: Props) {
  const ground = state ? tones[state].ground : "bg-accent-tint border-accent-line";
  return (
    <div className={merge("flex flex-wrap items-start gap-3 rounded-panel border px-4 py-3", ground, className)}>
      {state ? (
        <Keep shape={state} className={merge("mt-0.5 size-4", tones[state].ink)} />
      ) : (
        <Info aria-hidden className="mt-0.5 size-4 flex-none text-accent-text" strokeWidth={1.75} />
      )}
      <div className="min-w-0 flex-1 basis-60 text-pretty wrap-anywhere">{children}</div>
      {action}
    </div>
  );
}
