import { Link } from "@tanstack/react-router";

import { Keep } from "../../components/ui/Keep";
import { Tooltip } from "../../components/ui/Tooltip";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { useWorking } from "../../lib/questions/useWorking";
import { current, left, share, shareAlone } from "./current";

/** What is under way, above the verdict in the sidebar: beside it, never in its place. */
export function WorkLink({ rail }: { rail: boolean }) {
  const working = useWorking();
  const now = current(working.data ?? []);
  if (!now) return null;
  const { run } = now;
  const { name } = messages.frame.work;
  const word = run.paused ? messages.frame.work.paused : messages.frame.work.word;
  const far = run.paused ? shareAlone(run) : share(run);
  const line = [name(run.kind, run.plan, run.destination), far, left(run)].filter(Boolean).join(", ");
  const ink = run.paused ? "text-text" : "text-accent-text";
  const link = (
    <Link
      to="/runs/$run"
      params={{ run: run.id }}
      className={merge(
        "flex flex-none items-center rounded-panel border border-line-strong bg-surface hover:bg-hover",
        rail ? "size-10 justify-center" : "gap-2.5 px-2.5 py-[7px]",
      )}
    >
      <Keep shape={run.paused ? "paused" : "working"} className={merge("size-5", ink)} />
      <span className={rail ? "sr-only" : "min-w-0"}>
        <b className={merge("block leading-[18px] font-strong", ink)}>{word}</b>
        <small className="line-clamp-2 text-12 break-words text-text-2">{line}</small>
      </span>
    </Link>
  );
  return rail ? (
    <Tooltip label={word} detail={line}>
      {link}
    </Tooltip>
  ) : (
    link
  );
}
