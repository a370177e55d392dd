import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { CleanUpSums } from "./cleanUpSums";

const words = messages.upkeep.cleanUp;
const parts = ["stays", "now", "later"] as const;
/** Charts have no hue of protection. What goes is lighter than what stays, and later is an outline. */
const looks = {
  stays: "bg-chart-2",
  now: "bg-chart-1",
  later: "border border-control-line bg-raised",
};

/** The storage as it is, cut into what stays and what goes. The words below it say the same. */
export function StorageBar({ sums }: { sums: CleanUpSums }) {
  const all = sums.stays + sums.now + sums.later;
  return (
    <div>
      <div role="img" aria-label={words.bar(bytes(all), bytes(sums.stays))} className="flex h-3 gap-0.5">
        {parts.map(
          (part) =>
            sums[part] > 0 && (
              <span
                key={part}
                // The smallest part is still to be seen.
                className={`block min-w-1.5 rounded-chip ${looks[part]}`}
                style={{ flexGrow: sums[part] / all, flexBasis: 0 }}
              />
            ),
        )}
      </div>
      <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
        {parts.map((part) => (
          <div key={part}>
            <dt className="flex items-center gap-1.5 text-12 text-text-3">
              <span aria-hidden className={`block size-2.5 rounded-chip ${looks[part]}`} />
              {words[part]}
            </dt>
            <dd className="text-16 font-strong">{bytes(sums[part])}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
