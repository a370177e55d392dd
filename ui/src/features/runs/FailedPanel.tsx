import type { ReactNode } from "react";

import { Keep } from "../../components/ui/Keep";
import { CircleAlert } from "lucide-react";
import type { RunEntry } from "../../ipc/bindings";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { tones } from "../../lib/tone";
import { foundDamage } from "./upkeep";

const words = messages.runs;

/** A run that failed: the cause and what it means for protection, what to do, one fix. */
export function FailedPanel({ run, action }: { run: RunEntry; action: ReactNode }) {
  const damaged = foundDamage(run);
  // Otherwise only a backup that is missing says something about protection.
  const judged = damaged || run.kind === "backup";
  const tone = judged ? tones.failed : tones.not_set_up;
  return (
    <section
      aria-labelledby="end"
      className={merge("flex flex-wrap items-start gap-x-5 gap-y-3 rounded-verdict border px-6 py-4", tone.ground)}
    >
      {judged ? (
        <Keep shape="failed" className={merge("size-10", tone.ink)} />
      ) : (
        <CircleAlert aria-hidden className="size-10 flex-none" strokeWidth={1.5} />
      )}
      <div className="min-w-0 flex-1 basis-72">
        <h2 id="end" className="text-20 font-strong tracking-[-0.012em]">
          <span className={tone.ink}>{words.ends.others.FAILED}:</span> {titleOf(run)}
        </h2>
        <p className="max-w-[72ch] text-pretty wrap-anywhere select-text">
          {run.error?.message ?? (run.kind === "backup" ? words.sentences.failedUnknown : words.sentences.failedOther)}
        </p>
        <p className="mt-1 max-w-[72ch] text-pretty wrap-anywhere text-text-2 select-text">
          {run.error?.hint ?? words.sentences.failedUnknownHint}
        </p>
      </div>
      {action}
    </section>
  );
}

function titleOf(run: RunEntry): string {
  const titles: Partial<Record<RunEntry["kind"], string>> = words.failedTitle;
  return foundDamage(run) ? words.failedTitle.damaged : (titles[run.kind] ?? words.failedTitle.other);
}
