import { CircleCheck, Unplug } from "lucide-react";

import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

/** Whether it can be reached; in the colour of text, for reachable is not protected. */
export function Reach({ of }: { of: DestinationEntry }) {
  const Icon = of.state === "ready" ? CircleCheck : Unplug;
  return (
    <span className="flex flex-none items-center gap-1.5 font-medium text-text-2">
      <Icon aria-hidden className="size-4" strokeWidth={1.75} />
      {messages.destinations.states[of.state]}
    </span>
  );
}
