import { useEffect, useRef } from "react";

import { listed } from "../../components/folders/folderNames";
import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import type { PlanEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

const words = messages.plans.removing;

interface Props {
  plan: PlanEntry;
  busy: boolean;
  error: Error | null;
  onKeep: () => void;
  onRemove: () => void;
}

/** Asks in the card itself, since a removed plan does not come back. Its backups do not go. */
export function RemovePlan({ plan, busy, error, onKeep, onRemove }: Props) {
  const part = useRef<HTMLElement>(null);
  useEffect(() => part.current?.querySelector("button")?.focus(), []);
  const title = words.title(plan.name);
  const { destinations } = plan;
  return (
    <section
      ref={part}
      aria-label={title}
      className="flex flex-col gap-3 border-t border-line bg-sunken px-4 py-3"
      onKeyDown={({ key }) => key === "Escape" && onKeep()}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 grow basis-72 wrap-anywhere">
          <h3 className="font-medium">{title}</h3>
          <p className="text-13 text-text-2 text-pretty">
            {destinations.length > 0 ? words.means(listed(destinations)) : words.meansNone}
          </p>
        </div>
        <Button onClick={onKeep}>{words.keep}</Button>
        <Button busy={busy} onClick={onRemove}>
          {words.remove}
        </Button>
      </div>
      <InlineError error={error} />
    </section>
  );
}
