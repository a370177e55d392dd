import { Play } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import type { Verdict } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useDestinations } from "../../lib/questions/useDestinations";
import { usePlans } from "../../lib/questions/usePlans";
import { fixLabel } from "./fixes";
import { useFix } from "./useFix";

/** The one fix; when nothing is wrong, a backup of everything. */
export function FixButton({ verdict }: { verdict: Verdict }) {
  const plans = usePlans().data;
  const destinations = useDestinations().data;
  const { fix, backUpAll, busy, error } = useFix();
  const nameOf = (id: string) => [...(plans ?? []), ...(destinations ?? [])].find((each) => each.id === id)?.name;
  const label = verdict.fix && fixLabel(verdict.fix, nameOf);
  const calm = verdict.state === "protected" && !verdict.fix;
  if (!label && !calm) return null;
  return (
    <div className="flex max-w-72 flex-col items-start gap-2 min-[900px]:items-end">
      {label ? (
        <Button
          variant="primary"
          size="tall"
          busy={busy}
          onClick={() => verdict.fix && fix(verdict.fix)}
          className="h-auto min-h-10 max-w-full py-2 whitespace-normal wrap-anywhere"
        >
          {label}
        </Button>
      ) : (
        <Button size="tall" busy={busy} onClick={backUpAll}>
          {!busy && <Play aria-hidden className="size-4" strokeWidth={1.75} />}
          {messages.overview.backUpAll}
        </Button>
      )}
      <InlineError error={error} />
    </div>
  );
}
