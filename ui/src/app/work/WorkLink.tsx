import { Link } from "@tanstack/react-router";

import { Keep } from "../../components/ui/Keep";
import { Tooltip } from "../../components/ui/Tooltip";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { useWorking } from "../../lib/questions/useWorking";
import { current, left, share } from "./current";

/** What is under way, above the verdict in the sidebar: beside it, never in its place. */
export function WorkLink({ rail }: { rail: boolean }) {
  const working = useWorking();
  const now = current(working.data ?? []);
  if (!now) return null;
  const { run } = now;
  const { word, name } = messages.frame.work;
  const line = [name(run.kind, run.plan), share(run), left(run)].filter(Boolean).join(", ");
  const link = (
    <Link
      to="/runs/$run"
      params={{ run: run.id }}
      className={merge(
        "flex flex-none items-center rounded-panel border border-line-strong bg-surface hover:bg-hover",
        rail ? "size-10 justify-center" : "gap-2.5 px-2.5 py-[7px]",
      )}
    >
      <Keep shape="working" className="size-5 text-accent-text" />
      <span className={rail ? "sr-only" : "min-w-0"}>
        <b className="block leading-[18px] font-strong text-accent-text">{word}</b>
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
