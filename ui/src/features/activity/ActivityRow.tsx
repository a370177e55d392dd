import { Link } from "@tanstack/react-router";
import { CircleAlert, TriangleAlert } from "lucide-react";

import type { LogEntry } from "../../ipc/bindings";
import { clock, moment } from "../../lib/format";
import { messages } from "../../lib/messages";

/** A line of the log; the whole line leads to its run. A level other than a note has a glyph and a word, in ink. */
export function ActivityRow({ line }: { line: LogEntry }) {
  const words = messages.activity;
  const about = aboutOf(line);
  const Icon = line.level === "error" ? CircleAlert : TriangleAlert;
  return (
    <Link
      to="/runs/$run"
      params={{ run: line.run }}
      className="grid min-h-9 grid-cols-[88px_minmax(0,1fr)] items-baseline gap-x-4 px-8 py-2 hover:bg-hover focus-visible:-outline-offset-2 min-[900px]:grid-cols-[88px_minmax(0,1fr)_240px]"
    >
      <time dateTime={line.at} title={moment(line.at)} className="font-mono text-12 whitespace-nowrap text-text-3">
        {clock(line.at)}
      </time>
      <span className={`text-pretty wrap-anywhere ${line.level === "info" ? "" : "font-medium"}`}>
        {line.level !== "info" && (
          <>
            <Icon aria-hidden className="mr-1.5 inline size-4 align-[-3px]" strokeWidth={1.75} />
            <b className="mr-1 font-strong">{words.levelWords[line.level]}:</b>
          </>
        )}
        {line.message}
      </span>
      <span
        className="col-start-2 line-clamp-1 text-13 break-all text-text-2 min-[900px]:col-start-auto"
        title={about}
      >
        {about}
      </span>
    </Link>
  );
}

/** Whose line it is: the plan and where it copies to; without a plan, what was done there. */
function aboutOf({ kind, plan, destination }: LogEntry): string {
  return plan ? messages.activity.to(plan, destination) : messages.runs.titles[kind].over(destination);
}
