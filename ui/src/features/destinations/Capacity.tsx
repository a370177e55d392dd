import { Meter } from "../../components/ui/Meter";
import type { DestinationEntry } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";

/** How full it is; in ink, for a full disk is not a state of protection. */
export function Capacity({ of }: { of: DestinationEntry }) {
  const words = messages.destinations;
  const { capacity_total: total, capacity_free: free } = of;
  if (total === null || free === null || total === 0) {
    return <p className="text-13 text-text-2">{of.remote ? messages.remote.noCapacity : words.noCapacity}</p>;
  }
  const used = Math.max(0, total - free);
  return (
    <div>
      <p className="flex flex-wrap justify-between gap-x-4 text-13 text-text-2">
        <span>
          <span className="font-mono text-text">{bytes(used)}</span> {words.of(bytes(total))}
        </span>
        <span>{words.free(bytes(free))}</span>
      </p>
      <Meter
        kind="level"
        label={words.full(of.name)}
        text={words.fullText(bytes(used), bytes(total))}
        fraction={used / total}
        className="mt-1.5"
      />
    </div>
  );
}
