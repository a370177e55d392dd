import type { ReactNode } from "react";

import type { RunEntry } from "../../ipc/bindings";
import { bytes, count, moment, took } from "../../lib/format";
import { messages } from "../../lib/messages";
import { isUpkeep, upkeepFacts } from "./upkeep";

const words = messages.runs.facts;

/** What became of files. */
function fileFacts(run: RunEntry): [string, string][] {
  const proved = run.verified ? words.yes : words.no;
  if (run.kind === "restore") {
    return [
      [words.files, count(run.files_total)],
      [words.size, bytes(run.bytes_total)],
      [words.compared, proved],
    ];
  }
  return [
    [words.files, count(run.files_total)],
    [words.newFiles, count(run.files_new)],
    [words.changed, count(run.files_changed)],
    [words.unchanged, count(run.files_unmodified)],
    [words.size, bytes(run.bytes_total)],
    [words.added, bytes(run.bytes_added)],
    [words.stored, bytes(run.bytes_stored)],
    [words.readBack, proved],
  ];
}

/** The numbers of a run that is over. */
export function FactsPanel({ run }: { run: RunEntry }) {
  const { started_at, ended_at } = run;
  const seconds = started_at && ended_at ? (Date.parse(ended_at) - Date.parse(started_at)) / 1000 : null;
  const facts: [string, ReactNode][] = [
    ...(isUpkeep(run) ? (run.result ? upkeepFacts(run.result) : []) : fileFacts(run)),
    [words.duration, seconds === null ? "–" : took(seconds)],
    [words.started, started_at ? moment(started_at) : "–"],
    [words.trigger, words.triggers[run.trigger]],
    [run.kind === "restore" ? words.from : words.on, run.destination],
  ];
  return (
    <section aria-labelledby="facts" className="rounded-panel border border-line bg-surface">
      <h2 id="facts" className="px-4 pt-3 font-strong">
        {words.title}
      </h2>
      <dl className="grid grid-cols-2 min-[640px]:grid-cols-4 gap-x-4 gap-y-3 px-4 pt-3 pb-4">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-12 text-text-3">{name}</dt>
            <dd className="font-medium wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
