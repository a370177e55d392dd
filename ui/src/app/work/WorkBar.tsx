import { Link, useRouterState } from "@tanstack/react-router";

import { Button } from "../../components/ui/Button";
import { Keep } from "../../components/ui/Keep";
import { Meter } from "../../components/ui/Meter";
import { PauseButton } from "../../components/ui/PauseButton";
import { messages } from "../../lib/messages";
import { useCancelRun } from "../../lib/questions/useCancelRun";
import { usePauseRun } from "../../lib/questions/usePauseRun";
import { useWorking } from "../../lib/questions/useWorking";
import { refusal } from "../../lib/refusal";
import { current, left, share } from "./current";

/** What is under way, at the foot of every screen but the run's own. */
export function WorkBar() {
  const working = useWorking();
  const here = useRouterState({ select: ({ location }) => location.pathname });
  const cancel = useCancelRun();
  const pause = usePauseRun();
  const now = current(working.data ?? []);
  if (!now || here === `/runs/${now.run.id}`) return null;
  const { run, more } = now;
  const words = messages.frame.work;
  const name = words.name(run.kind, run.plan, run.destination);
  const failed = cancel.error ?? pause.error;
  const tenths = Math.floor((run.progress?.fraction ?? 0) * 10) * 10;
  return (
    <footer
      aria-label={words.bar}
      className="flex min-h-10 min-w-0 items-center gap-3 border-t border-line bg-surface pr-4 pl-8 text-13"
    >
      <Keep shape={run.paused ? "paused" : "working"} className={run.paused ? "size-4 text-text-2" : "size-4 text-accent-text"} />
      <Link
        to="/runs/$run"
        params={{ run: run.id }}
        title={name}
        className="min-w-0 rounded-chip font-medium text-accent-text underline decoration-accent-line underline-offset-3 hover:decoration-current"
      >
        <span className="line-clamp-1 break-all">{name}</span>
      </Link>
      <Meter label={words.progress(name)} fraction={run.progress?.fraction ?? null} className="w-40 min-w-12 shrink" />
      <span className="min-w-9 flex-none text-right font-mono">{share(run)}</span>
      <span className="flex-none text-text-2">{left(run)}</span>
      {more > 0 && <span className="hidden flex-none text-text-2 min-[900px]:inline">{words.more(more)}</span>}
      <span role="status" className="sr-only">
        {run.paused ? words.announcedPaused(name) : words.announced(name, tenths)}
      </span>
      {failed && (
        <span role="alert" className="line-clamp-1 min-w-0 break-all" title={refusal(failed).message}>
          {refusal(failed).message}
        </span>
      )}
      <span className="ml-auto" />
      <PauseButton run={run} change={pause} variant="quiet" />
      <Button
        variant="quiet"
        busy={cancel.isPending || run.cancel_requested}
        onClick={() => cancel.mutate(run.id)}
      >
        {words.cancel}
      </Button>
    </footer>
  );
}
