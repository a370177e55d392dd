import { CircleCheck, CircleDot, CircleSlash } from "lucide-react";
import type { ReactNode } from "react";

import { Keep } from "../../components/ui/Keep";
import { Path } from "../../components/ui/Path";
import type { RunEntry } from "../../ipc/bindings";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { tones } from "../../lib/tone";
import { sentencesOf } from "./sentences";
import { toneOf, wentBack } from "./stage";
import type { End } from "./stage";

const icons = { SUCCESS: CircleCheck, PARTIAL_SUCCESS: CircleDot, CANCELLED: CircleSlash };

interface Props {
  run: RunEntry;
  end: Exclude<End, "FAILED">;
  action: ReactNode;
}

/** How a run ended: one word, what stands behind it, and the one thing to do now. */
export function EndPanel({ run, end, action }: Props) {
  const state = toneOf(run.kind, end);
  const tone = tones[state];
  const Icon = icons[end];
  return (
    <section
      aria-labelledby="end"
      className={merge("flex flex-wrap items-center gap-x-5 gap-y-3 rounded-verdict border px-6 py-4", tone.ground)}
    >
      {run.kind === "backup" ? (
        <Keep shape={state} className={merge("size-10", tone.ink)} />
      ) : (
        <Icon aria-hidden className="size-10 flex-none" strokeWidth={1.5} />
      )}
      <div className="min-w-0 flex-1 basis-72">
        <h2 id="end" className={merge("text-20 font-strong tracking-[-0.012em]", tone.ink)}>
          {messages.runs.ends[run.kind === "backup" ? "backup" : "others"][end]}
        </h2>
        <p className="max-w-[72ch] text-pretty">{sentencesOf(run, end).join(" ")}</p>
        {run.target && (
          <p className="mt-1 flex min-w-0 items-center gap-2 text-13">
            <span className="flex-none text-text-2">{messages.runs.facts.target}</span>
            {wentBack(run) ? messages.runs.facts.back : <Path path={run.target.path} />}
          </p>
        )}
      </div>
      {action}
    </section>
  );
}
