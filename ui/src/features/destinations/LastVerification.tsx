import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";

import { Ago } from "../../components/ui/Ago";
import { Keep } from "../../components/ui/Keep";
import type { Verified } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { tones } from "../../lib/tone";

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
              className="group flex w-fit items-center gap-1.5 rounded-chip"
            >
              {last.sound ? (
                <CircleCheck aria-hidden className="size-4 flex-none" strokeWidth={1.75} />
              ) : (
                <Keep shape="failed" className={`size-4 ${tones.failed.ink}`} />
              )}
              <span className="underline decoration-accent-line underline-offset-3 group-hover:decoration-current">
                <span className={last.sound ? "" : tones.failed.ink}>{last.sound ? words.sound : words.damaged}</span>,{" "}
                <Ago at={last.at} className="font-normal" />
              </span>
            </Link>
            <small className="block text-12 font-normal text-text-2">{words.depths[last.depth]}</small>
          </>
        )}
      </dd>
    </div>
  );
}
