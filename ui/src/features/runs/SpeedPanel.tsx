import { useState } from "react";

import type { RunEntry } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import { minutesOf } from "./speed";
import { SpeedGraph } from "./SpeedGraph";
import { SpeedTable } from "./SpeedTable";
import { useSpeeds } from "./useSpeeds";

const words = messages.runs.speed;
const perSecond = (speed: number) => messages.runs.progress.perSecond(bytes(speed));

/** How fast it goes: a picture with its sentence, or a table. */
export function SpeedPanel({ run }: { run: RunEntry }) {
  const { speeds, now } = useSpeeds(run.id);
  const [table, setTable] = useState(false);
  const of = speeds.samples.map(({ bytesPerSecond }) => bytesPerSecond);
  const last = of.at(-1);
  const summary =
    last === undefined
      ? words.none
      : words.summary(perSecond(Math.min(...of)), perSecond(Math.max(...of)), perSecond(last));
  const from = run.kind === "restore" || run.kind === "verify";
  const lately = from ? words.latelyFrom : run.kind === "prune" ? words.latelyAt : words.lately;
  return (
    <section aria-labelledby="speed" className="rounded-panel border border-line bg-surface">
      <header className="flex min-h-11 flex-wrap items-center gap-x-2 px-4">
        <h2 id="speed" className="font-strong">
          {words.title}
        </h2>
        <p className="text-13 text-text-2">{of.length > 0 ? lately(run.destination) : words.collected}</p>
        <button
          type="button"
          onClick={() => setTable(!table)}
          className="ml-auto min-h-6 rounded-chip text-13 text-accent-text underline decoration-accent-line underline-offset-3 hover:decoration-current"
        >
          {table ? words.graph : words.table}
        </button>
      </header>
      <div className="h-52 px-4 pb-3">
        {table ? (
          <SpeedTable minutes={minutesOf(speeds, now)} />
        ) : (
          <SpeedGraph speeds={speeds} now={now} summary={summary} />
        )}
      </div>
    </section>
  );
}
