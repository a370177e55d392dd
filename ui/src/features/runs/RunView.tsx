import type { RunEntry } from "../../ipc/bindings";
import { EndPanel } from "./EndPanel";
import { FactsPanel } from "./FactsPanel";
import { FailedPanel } from "./FailedPanel";
import { FindingsPanel } from "./FindingsPanel";
import { LogPanel } from "./LogPanel";
import { NextStep } from "./NextStep";
import { ProgressPanel } from "./ProgressPanel";
import { SkippedPanel } from "./SkippedPanel";
import { SpeedPanel } from "./SpeedPanel";
import { endOf } from "./stage";
import { isUpkeep } from "./upkeep";

/** A run: how far it is, or how it ended; what it skipped or found; what was written down. */
export function RunView({ run }: { run: RunEntry }) {
  const end = endOf(run.status);
  const findings = run.kind === "verify" && <FindingsPanel run={run} />;
  return (
    <>
      {end === null ? (
        <>
          <ProgressPanel run={run} />
          {findings}
          {run.status !== "PENDING" && <SpeedPanel run={run} />}
        </>
      ) : (
        <>
          {end === "FAILED" ? (
            <FailedPanel run={run} action={<NextStep run={run} />} />
          ) : (
            <EndPanel run={run} end={end} action={<NextStep run={run} />} />
          )}
          {findings}
          <FactsPanel run={run} />
        </>
      )}
      {isUpkeep(run) ? (
        <LogPanel run={run.id} />
      ) : (
        <div className="grid items-start gap-4 min-[900px]:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
          <SkippedPanel run={run} />
          <LogPanel run={run.id} />
        </div>
      )}
    </>
  );
}
