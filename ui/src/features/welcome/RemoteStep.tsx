import { useEffect, useRef } from "react";

import { DescribeRemote } from "../../components/remote/DescribeRemote";
import { Outcome } from "../../components/remote/Outcome";
import { useDescription } from "../../components/remote/useDescription";
import type { Described } from "../../components/remote/useDescription";
import { Button } from "../../components/ui/Button";
import { messages } from "../../lib/messages";
import { StepPage } from "./StepPage";

const words = messages.welcome.where.remote;
const { remote } = messages;

interface Props {
  /** What was said before, where that is changed. */
  from: Described | undefined;
  /** What others are called. */
  taken: readonly string[];
  onUse: (described: Described) => void;
  onCancel: () => void;
}

/** A server or a cloud, described and tried before it is one of the places. The last step makes it a destination. */
export function RemoteStep({ from, taken, onUse, onCancel }: Props) {
  const description = useDescription({ from });
  const { draft, tried, trial } = description;
  const name = description.name.trim();
  const isTaken = name !== "" && taken.includes(name);
  const panel = useRef<HTMLElement>(null);
  const outcome = useRef<HTMLDivElement>(null);
  // The form may be longer than the window: what is wrong, or how it went, comes into sight.
  const ended = trial.isError || trial.isSuccess;
  useEffect(() => {
    if (!ended) return;
    const wrong = panel.current?.querySelector<HTMLElement>("[aria-invalid]");
    if (wrong) wrong.focus();
    else outcome.current?.scrollIntoView({ block: "nearest" });
  }, [ended]);
  return (
    <StepPage
      title={remote.away}
      why={words.why}
      onNext={() => {
        if (!draft || trial.isPending || isTaken) return;
        if (tried) onUse({ draft, name, tried });
        else description.test(draft);
      }}
      foot={
        <>
          <Button size="tall" onClick={onCancel}>
            {remote.cancel}
          </Button>
          <p role="status" className="min-w-0 grow basis-0 text-13 text-text-2">
            {trial.isPending && remote.trying}
          </p>
          <span className="ml-auto flex flex-row-reverse flex-wrap items-center justify-end gap-x-3 gap-y-1">
            <Button
              type="submit"
              variant="primary"
              size="tall"
              busy={trial.isPending}
              disabledReason={!draft && remote.noneChosen}
            >
              {tried ? words.use : remote.test}
            </Button>
          </span>
        </>
      }
    >
      <section ref={panel} className="overflow-hidden rounded-panel border border-line bg-surface">
        <DescribeRemote of={description} />
        <div ref={outcome} className="flex scroll-mb-6 flex-col gap-3 border-t border-line px-6 py-4 empty:hidden">
          <Outcome of={description} wrongName={isTaken ? words.taken : undefined} />
        </div>
      </section>
    </StepPage>
  );
}
