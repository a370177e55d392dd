import { ArrowRight } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { messages } from "../../lib/messages";

const words = messages.welcome;

export function Back({ onBack }: { onBack: () => void }) {
  return (
    <Button size="tall" onClick={onBack}>
      {words.back}
    </Button>
  );
}

/** Goes on to the next step. */
export function Next({ blocked }: { blocked: string | false }) {
  return (
    <span className="ml-auto flex flex-row-reverse flex-wrap items-center justify-end gap-x-3 gap-y-1">
      <Button type="submit" variant="primary" size="tall" disabledReason={blocked}>
        {words.next}
        <ArrowRight aria-hidden className="size-4" strokeWidth={1.75} />
      </Button>
    </span>
  );
}
