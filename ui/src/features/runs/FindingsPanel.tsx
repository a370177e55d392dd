import { CircleAlert, TriangleAlert } from "lucide-react";
import { useState } from "react";

import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { Skeleton } from "../../components/ui/Skeleton";
import type { RunEntry } from "../../ipc/bindings";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { findingsOf } from "./findings";
import { endOf } from "./stage";
import { foundDamage } from "./upkeep";
import { useRunLog } from "./useRunLog";

const words = messages.runs.findings;
const page = 100;

/** What a verification found, as the log has it; nothing where it found nothing. */
export function FindingsPanel({ run }: { run: RunEntry }) {
  const query = useRunLog(run.id);
  const [shown, setShown] = useState(page);
  const failed = foundDamage(run);
  const findings = findingsOf(query.data ?? [], run.error);
  const damaged = findings.some(({ level }) => level === "error");
  // Backups that cannot even be opened have no list: the failure says it.
  if (findings.length === 0 && (!failed || query.isSuccess)) return null;
  const title = endOf(run.status) === null ? words.soFar : damaged || failed ? words.title : words.remarks;
  return (
    <section aria-labelledby="findings" className="min-w-0 rounded-panel border border-line bg-surface">
      <header className="flex min-h-11 items-center gap-3 px-4">
        <h2 id="findings" className="font-strong">
          {title}
        </h2>
        {query.isSuccess && <span className="ml-auto text-13 text-text-2">{words.errors(count(findings.length))}</span>}
      </header>
      <AskError query={query} className="m-3 mt-0" />
      {query.isPending && <Skeleton label={words.reading} className="mx-4 my-3" />}
      {query.isSuccess && (
        <div tabIndex={0} role="region" aria-label={words.list} className="max-h-80 overflow-y-auto border-t border-line focus-visible:-outline-offset-2">
          <ol>
            {findings.slice(0, shown).map(({ seq, level, message }) => {
              const Icon = level === "error" ? CircleAlert : TriangleAlert;
              return (
                <li
                  key={seq}
                  className="flex items-start gap-2.5 border-t border-line px-4 py-2 text-13 first:border-t-0 select-text [contain-intrinsic-size:auto_37px] [content-visibility:auto]"
                >
                  <Icon aria-hidden className="mt-0.5 size-4 flex-none" strokeWidth={1.75} />
                  <span className="min-w-0 wrap-anywhere">
                    <span className="sr-only">{messages.runs.log.levels[level]}: </span>
                    {message}
                  </span>
                </li>
              );
            })}
          </ol>
          {findings.length > shown && (
            <div className="flex items-center gap-3 border-t border-line px-4 py-2">
              <Button onClick={() => setShown(shown + page)}>{words.more}</Button>
              <span className="text-12 text-text-3">{words.shown(count(shown), count(findings.length))}</span>
            </div>
          )}
        </div>
      )}
    </section>
  );
}
