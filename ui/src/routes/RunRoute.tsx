import { useNavigate, useParams } from "@tanstack/react-router";

import { Button } from "../components/ui/Button";
import { LimitsButton } from "../features/limits/LimitsButton";
import { RunFailed } from "../features/runs/RunFailed";
import { RunHead } from "../features/runs/RunHead";
import { RunReading } from "../features/runs/RunReading";
import { RunView } from "../features/runs/RunView";
import { useRun } from "../features/runs/useRun";
import type { RunKind } from "../ipc/bindings";
import { messages } from "../lib/messages";

/** Whether a run reads from the destination more than it sends. */
const reads = (kind: RunKind) => kind === "restore" || kind === "verify";

export function RunRoute() {
  const { run: id } = useParams({ from: "/runs/$run" });
  const navigate = useNavigate();
  const query = useRun(id);
  const run = query.data;

  function content() {
    if (query.isError) {
      return (
        <RunFailed
          query={query}
          action={
            <Button variant="primary" size="tall" onClick={() => void navigate({ to: "/activity" })}>
              {messages.runs.failed.goneAction}
            </Button>
          }
        />
      );
    }
    if (!run) return <RunReading />;
    return (
      <>
        <RunHead
          run={run}
          limits={<LimitsButton way={reads(run.kind) ? "download_kib" : "upload_kib"} />}
          onPlans={() => void navigate({ to: "/plans" })}
          onPlan={(plan) => void navigate({ to: "/plans/$plan", params: { plan } })}
          onRestore={() => void navigate({ to: "/restore" })}
          onDestinations={() => void navigate({ to: "/destinations" })}
        />
        <RunView key={run.id} run={run} />
      </>
    );
  }
  return <div className="flex min-h-full max-w-[1264px] flex-col gap-4 px-8 pt-4 pb-8">{content()}</div>;
}
