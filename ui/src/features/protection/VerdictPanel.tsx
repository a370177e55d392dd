import { useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Keep } from "../../components/ui/Keep";
import { Skeleton } from "../../components/ui/Skeleton";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { useVerdict } from "../../lib/questions/useVerdict";
import { tones } from "../../lib/tone";
import { FixButton } from "./FixButton";

const frame =
  "grid grid-cols-[48px_minmax(0,1fr)] items-center gap-x-4 gap-y-3 rounded-verdict border px-6 py-5 min-[900px]:grid-cols-[72px_minmax(0,1fr)_auto] min-[900px]:gap-x-6";

/** What failed together is asked for together. */
const askFailedAgain = (client: QueryClient) =>
  client.refetchQueries({ predicate: ({ state }) => state.status === "error" });

/** Whether everything is protected: the word, why, everything that is wrong, and the one fix. */
export function VerdictPanel() {
  const verdict = useVerdict();
  const known = Boolean(verdict.data);
  // How long a start takes is measured up to here.
  useEffect(() => {
    if (known) requestAnimationFrame(() => performance.mark("verdict"));
  }, [known]);
  if (verdict.isError) return <Unknown verdict={verdict} />;
  if (!verdict.data) return <Reading />;
  const { state, word, sentence, reasons } = verdict.data;
  const tone = tones[state];
  // The sentence is about the first.
  const others = reasons.slice(1);
  return (
    <section className={merge(frame, tone.ground)}>
      <Keep shape={state} className={merge("size-12 self-start min-[900px]:size-[72px]", tone.ink)} />
      <div className="min-w-0">
        <h1 className={merge("text-28 font-strong tracking-[-0.02em]", tone.ink)}>{word}</h1>
        <p className="mt-1 max-w-[60ch] text-16 text-pretty wrap-anywhere">{sentence}</p>
        {others.length > 0 && (
          <ul aria-label={messages.overview.also} className="mt-2 list-disc pl-4">
            {others.map((reason) => (
              <li key={reason} className="max-w-[72ch] text-pretty wrap-anywhere">
                {reason}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="col-start-2 min-[900px]:col-start-auto">
        <FixButton verdict={verdict.data} />
      </div>
    </section>
  );
}

function Unknown({ verdict }: { verdict: ReturnType<typeof useVerdict> }) {
  const client = useQueryClient();
  const { word, sentence, action } = messages.overview.unknown;
  return (
    <section className={merge(frame, "border-line-strong bg-surface")}>
      <Keep shape="mark" className="size-12 self-start text-text-3 min-[900px]:size-[72px]" />
      <div className="min-w-0">
        <h1 className="text-28 font-strong tracking-[-0.02em]">{word}</h1>
        <p className="mt-1 mb-3 max-w-[60ch] text-16 text-pretty">{sentence}</p>
        <InlineError error={verdict.error} />
      </div>
      <div className="col-start-2 min-[900px]:col-start-auto">
        <Button variant="primary" size="tall" busy={verdict.isFetching} onClick={() => void askFailedAgain(client)}>
          {action}
        </Button>
      </div>
    </section>
  );
}

function Reading() {
  return (
    <section className={merge(frame, "min-h-28 border-line bg-surface")}>
      <span className="appear-late size-12 rounded-panel bg-line min-[900px]:size-[72px]" />
      <div>
        <h1 className="sr-only">{messages.overview.title}</h1>
        <Skeleton label={messages.overview.reading} className="mb-3 h-6 w-40" />
        <Skeleton label={messages.overview.reading} className="w-full max-w-[48ch]" />
      </div>
    </section>
  );
}
