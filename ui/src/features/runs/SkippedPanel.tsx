import { useState } from "react";

import { AskError } from "../../components/ui/AskError";
import { Skeleton } from "../../components/ui/Skeleton";
import { StateMark } from "../../components/ui/StateMark";
import type { RunEntry } from "../../ipc/bindings";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { SkippedReasonRow } from "./SkippedReasonRow";
import { endOf } from "./stage";
import { useSkippedReasons } from "./useSkipped";

const words = messages.runs.skipped;

/** What was skipped, by reason; each reason opens its files. */
export function SkippedPanel({ run }: { run: RunEntry }) {
  const query = useSkippedReasons(run.id);
  const [open, setOpen] = useState<string | null>(null);
  const over = endOf(run.status) !== null;
  const reasons = query.data ?? [];
  const skipped = over ? run.files_skipped : Math.max(run.files_skipped, run.progress?.files_skipped ?? 0);
  const mark = run.kind === "restore" ? words.notRestored(count(skipped)) : words.notCopied(count(skipped));
  return (
    <section aria-labelledby="skipped" className="min-w-0 rounded-panel border border-line bg-surface">
      <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
        <h2 id="skipped" className="font-strong">
          {over ? words.title : words.titleSoFar}
        </h2>
        {skipped > 0 &&
          (run.kind === "backup" ? (
            <StateMark state="warning" word={mark} className="text-13" />
          ) : (
            <span className="text-13 font-medium">{mark}</span>
          ))}
      </header>
      <AskError query={query} className="m-3 mt-0" />
      {query.isPending && <Skeleton label={words.reading} className="mx-4 my-3" />}
      {query.isSuccess && reasons.length === 0 && (
        <p className="border-t border-line px-4 py-3 text-13 text-text-2">
          {skipped > 0 ? words.later : over ? words.none : words.noneSoFar}
        </p>
      )}
      <ul>
        {reasons.map((one) => (
          <SkippedReasonRow
            key={one.reason}
            run={run}
            reason={one}
            open={open === one.reason}
            onOpen={() => setOpen(open === one.reason ? null : one.reason)}
          />
        ))}
      </ul>
    </section>
  );
}
