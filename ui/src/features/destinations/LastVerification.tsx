import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";

import { Ago } from "../../components/ui/Ago";
import { StateMark } from "../../components/ui/StateMark";
import type { Verified } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

const words = messages.upkeep.last;

/** What the last verification proved. Sound is in ink, for it says nothing about new files; damage is red. */
export function LastVerification({ last }: { last: Verified | null }) {
  return (
    <div>
      <dt className="text-12 text-text-3">{words.title}</dt>
      <dd className="text-13 font-medium">
        {last === null ? (
          words.never
        ) : (
          <>
            <Link
              to="/runs/$run"
              params={{ run: last.run }}
              className="flex w-fit flex-wrap items-center gap-x-1.5 rounded-chip underline decoration-accent-line underline-offset-3 hover:decoration-current"
            >
              {last.sound ? (
                <span className="inline-flex items-center gap-1.5">
                  <CircleCheck aria-hidden className="size-4" strokeWidth={1.75} />
                  {words.sound}
                </span>
              ) : (
                <StateMark state="failed" word={words.damaged} />
              )}
              <Ago at={last.at} className="font-normal" />
            </Link>
            <small className="block text-12 font-normal text-text-2">{words.depths[last.depth]}</small>
          </>
        )}
      </dd>
    </div>
  );
}
