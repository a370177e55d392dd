import { CircleAlert, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { Skeleton } from "../../components/ui/Skeleton";
import type { LogEntry } from "../../ipc/bindings";
import { clock, count, moment } from "../../lib/format";
import { messages } from "../../lib/messages";
import { useRunLog } from "./useRunLog";

const words = messages.runs.log;
const page = 100;
const icons = { info: null, warning: TriangleAlert, error: CircleAlert } as const;

/** What was written down, the newest line last and in sight. */
export function LogPanel({ run }: { run: string }) {
  const query = useRunLog(run);
  const [shown, setShown] = useState(page);
  const box = useRef<HTMLDivElement>(null);
  const lines = query.data ?? [];
  const last = lines.at(-1)?.seq;
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [last]);
  return (
    <section aria-labelledby="log" className="flex min-w-0 flex-col rounded-panel border border-line bg-surface">
      <header className="flex min-h-11 items-center gap-3 px-4">
        <h2 id="log" className="font-strong">
          {words.title}
        </h2>
        {query.isSuccess && <span className="ml-auto text-13 text-text-2">{words.lines(count(lines.length))}</span>}
      </header>
      <AskError query={query} className="m-3 mt-0" />
      {query.isPending && <Skeleton label={words.reading} className="mx-4 my-3" />}
      {query.isSuccess && (
        <div ref={box} tabIndex={0} role="region" aria-label={words.list} className="max-h-80 min-h-0 overflow-y-auto border-t border-line py-1.5 focus-visible:-outline-offset-2">
          {lines.length === 0 && <p className="px-4 py-1.5 text-13 text-text-2">{words.none}</p>}
          {lines.length > shown && (
            <Button variant="quiet" className="mx-2 h-7 text-13" onClick={() => setShown(shown + page)}>
              {words.earlier}
            </Button>
          )}
          <ol>
            {lines.slice(-shown).map((line) => (
              <Line key={line.seq} line={line} />
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}

function Line({ line }: { line: LogEntry }) {
  const Icon = icons[line.level];
  return (
    <li className="flex items-start gap-2 px-4 py-0.5 text-13 select-text">
      <time dateTime={line.at} title={moment(line.at)} className="w-[84px] flex-none font-mono text-12 leading-5 text-text-3">
        {clock(line.at)}
      </time>
      <span className="min-w-0 flex-1 wrap-anywhere">
        {Icon && (
          <>
            <Icon aria-hidden className="mr-1.5 inline size-3.5 align-[-2px]" strokeWidth={2} />
            <span className="sr-only">{words.levels[line.level]}: </span>
          </>
        )}
        {line.message}
      </span>
    </li>
  );
}
