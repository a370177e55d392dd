import { CircleCheck } from "lucide-react";

import type { TriedRemote } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";

const words = messages.remote.trial;

/** That it works, and how fast. */
export function TrialResult({ tried }: { tried: TriedRemote }) {
  const free = tried.free === null ? undefined : messages.destinations.free(bytes(tried.free));
  return (
    <p role="status" className="flex items-start gap-2 text-pretty">
      <CircleCheck aria-hidden className="mt-0.5 size-4 flex-none" strokeWidth={1.75} />
      <span className="min-w-0 wrap-anywhere">
        {[
          words.works(tried.place, bytes(tried.bytes_per_second), tried.latency_ms),
          free && `${free}.`,
          messages.destinations.adopting.holds[tried.holds],
        ]
          .filter(Boolean)
          .join(" ")}
      </span>
    </p>
  );
}
