import { Link, useRouterState } from "@tanstack/react-router";

import { Keep } from "../components/ui/Keep";
import { merge } from "../lib/merge";
import { useVerdict } from "../lib/questions/useVerdict";
import { needsPerson, tones } from "../lib/tone";

/** In the rail the verdict has no room for its word: when a person is needed, it stands above the screen.
 *  The overview says it itself. */
export function Flag({ rail }: { rail: boolean }) {
  const verdict = useVerdict();
  const here = useRouterState({ select: ({ location }) => location.pathname });
  if (!rail || here === "/" || verdict.isError || !verdict.data || !needsPerson(verdict.data.state)) return null;
  const { state, word, line } = verdict.data;
  return (
    <header className={merge("flex-none border-b", tones[state].ground)}>
      <Link
        to="/"
        className="flex min-h-9 flex-wrap items-center gap-x-2 px-8 py-1.5 text-13 focus-visible:-outline-offset-4"
      >
        <Keep shape={state} className={merge("size-4", tones[state].ink)} />
        <b className={merge("font-strong", tones[state].ink)}>{word}</b>
        <span>{line}</span>
      </Link>
    </header>
  );
}
