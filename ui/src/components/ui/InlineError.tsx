import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { merge } from "../../lib/merge";
import { refusal } from "../../lib/refusal";

interface Props {
  /** What was thrown; nothing is drawn without it. */
  error: unknown;
  /** The one fix. */
  action?: ReactNode;
  className?: string | undefined;
}

/** Something small did not work: what happened and what to do, beside the button that was pressed. */
export function InlineError({ error, action, className }: Props) {
  if (error === null || error === undefined) return null;
  const { message, hint } = refusal(error);
  return (
    <div
      role="alert"
      className={merge("flex flex-wrap items-start gap-3 rounded-panel border border-line-strong bg-surface px-4 py-3", className)}
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 flex-none" strokeWidth={1.75} />
      <div className="min-w-0 flex-1 basis-60 text-pretty wrap-anywhere select-text">
        <p className="font-medium">{message}</p>
        {hint && <p className="text-text-2">{hint}</p>}
      </div>
      {action}
    </div>
  );
}
