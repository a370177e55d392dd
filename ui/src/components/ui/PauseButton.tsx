import { Pause, Play } from "lucide-react";

import type { RunEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { Button } from "./Button";

interface Props {
  run: Pick<RunEntry, "id" | "status" | "paused" | "cancel_requested">;
  /** What is asked for, from `usePauseRun`. */
  change: { isPending: boolean; mutate: (run: Pick<RunEntry, "id" | "paused">) => void };
  variant?: "secondary" | "quiet";
  className?: string;
}

/** Has a run that is under way stand still, or go on. What waits or stops offers neither. */
export function PauseButton({ run, change, variant = "secondary", className }: Props) {
  if (run.status === "PENDING" || run.cancel_requested) return null;
  const Icon = run.paused ? Play : Pause;
  return (
    <Button variant={variant} className={className} busy={change.isPending} onClick={() => change.mutate(run)}>
      {!change.isPending && <Icon aria-hidden className="size-4" strokeWidth={1.75} />}
      {run.paused ? messages.runs.resume : messages.runs.pause}
    </Button>
  );
}
