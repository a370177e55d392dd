import type { ReactNode } from "react";

import { Keep } from "../../components/ui/Keep";
import { Meter } from "../../components/ui/Meter";
import { Path } from "../../components/ui/Path";
import type { RunEntry } from "../../ipc/bindings";
import { bytes, count, duration, moment, percent } from "../../lib/format";
import { messages } from "../../lib/messages";
import { useWorking } from "../../lib/questions/useWorking";
import { Announced } from "./Announced";
import { titleOf } from "./stage";
import { isUpkeep } from "./upkeep";

const words = messages.runs.progress;

/** How far it is. Every figure has its place from the start, so that nothing jumps. */
export function ProgressPanel({ run }: { run: RunEntry }) {
  const { progress, kind, status } = run;
  const waits = status === "PENDING";
  const fraction = waits ? null : (progress?.fraction ?? null);
  const left = progress?.seconds_left == null ? words.unknown : duration(progress.seconds_left);
  const figures: [string, ReactNode][] = [
    run.paused ? [words.state, <PausedMark key="paused" />] : [words.left, left],
    ...(isUpkeep(run) ? [[kind === "verify" ? words.read : words.rewritten, bytesOf(run)] as [string, string]] : movedOf(run)),
    [words.speed, progress ? words.perSecond(bytes(progress.bytes_per_second)) : words.unknown],
  ];
  return (
    <section aria-label={words.label} className="rounded-panel border border-line bg-surface px-6 pt-4 pb-5">
      <div className="flex flex-wrap items-end gap-x-8 gap-y-2">
        <p className={`min-w-24 font-strong whitespace-nowrap ${waits ? "text-20" : "font-mono text-40 tracking-[-0.02em]"}`}>
          {waits ? words.waiting : fraction === null ? words.unknown : percent(fraction)}
        </p>
        <dl className="flex flex-wrap gap-x-3 gap-y-2 pb-1 min-[900px]:gap-x-6">
          {figures.map(([name, value], index) => (
            <div key={name} className={index === 0 ? "min-w-28" : "border-l border-line pl-3 min-[900px]:min-w-24 min-[900px]:pl-6"}>
              <dt className="text-12 text-text-3">{name}</dt>
              <dd className="text-16 font-strong whitespace-nowrap">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <Meter label={titleOf(run)} fraction={fraction} className="mt-3 mb-2.5 h-2.5" />
      <div className="flex min-h-5 items-center gap-2 text-13">
        <Now run={run} />
      </div>
      <Announced fraction={fraction} paused={run.paused} />
    </section>
  );
}

/** In the place of the time left, which nobody knows then. It has no colour of protection. */
function PausedMark() {
  return (
    <span className="flex items-center gap-2">
      <Keep shape="paused" className="size-4" />
      {words.paused}
    </span>
  );
}

/** Files, and what of them went to the destination or came from it. */
function movedOf(run: RunEntry): [string, string][] {
  const restores = run.kind === "restore";
  const moved = run.progress ? bytes(run.progress.bytes_moved) : words.unknown;
  return [
    [restores ? words.restored : words.read, filesOf(run)],
    [restores ? words.received : words.sent, moved],
  ];
}

function bytesOf({ progress }: RunEntry): string {
  if (!progress) return words.unknown;
  const done = bytes(progress.bytes_done);
  return progress.counted && progress.total_bytes > 0 ? words.of(done, bytes(progress.total_bytes)) : done;
}

function filesOf({ progress }: RunEntry): string {
  if (!progress) return words.unknown;
  const done = count(progress.files_done);
  return progress.counted ? words.files(done, count(progress.total_files)) : words.counting(done);
}

/** What it is at. */
function Now({ run }: { run: RunEntry }) {
  const { id, kind, status, queued_at, cancel_requested, paused, progress } = run;
  const before = useWorking().data?.find((other) => other.paused && other.id !== id);
  const leaving = isUpkeep(run) ? words.doing.leaving : words.leaving;
  if (cancel_requested) return <span className="text-text-2">{leaving}</span>;
  if (paused) return <span className="text-text-2">{words.standing}</span>;
  if (status === "PENDING") {
    return (
      <span className="text-text-2">
        {words.since(moment(queued_at))} {before ? words.waitingPaused(before.plan || before.destination) : words.waitingWhy}
      </span>
    );
  }
  // What it is at has no name that a person knows.
  if (kind === "verify") return <span className="text-text-2">{words.doing.verify}</span>;
  if (kind === "prune") {
    return <span className="text-text-2">{status === "ROTATING" ? words.doing.deleting : words.doing.prune}</span>;
  }
  if (status === "ROTATING") return <span className="text-text-2">{words.finishing}</span>;
  if (!progress?.current_file) return <span className="text-text-2">{words.preparing}</span>;
  return (
    <>
      <span className="flex-none text-text-2">{words.now}</span>
      <Path path={progress.current_file} className="grow" />
    </>
  );
}
