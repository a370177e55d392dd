import { Ago } from "../../components/ui/Ago";
import type { DestinationEntry } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";

const words = messages.upkeep.storage;

/** What backups take there, and what of it no backup needs: only what was measured, and when. Where something is
 *  damaged, nobody can tell what is needed. */
export function StorageUsed({ of: { stored, reclaimable, measured_at } }: { of: DestinationEntry }) {
  return (
    <div>
      <dt className="text-12 text-text-3">{words.title}</dt>
      <dd className="text-13 font-medium">
        {stored === null ? words.notMeasured : bytes(stored)}
        {stored !== null && (
          <small className="block text-12 font-normal text-text-2">
            {reclaimable === null ? words.measured : words.alsoMeasured(freeable(reclaimable))} <Ago at={measured_at} />
          </small>
        )}
      </dd>
    </div>
  );
}

const freeable = (reclaimable: number) => (reclaimable > 0 ? words.free(bytes(reclaimable)) : words.nothing);
