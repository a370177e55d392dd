import { memo, useMemo } from "react";

import { shortDay } from "../../lib/format";
import { labelled, placeOf, ranks } from "./stops";
import type { Rank } from "./stops";

/** How far up a tick reaches, of a line 32 high. */
const heights: Record<Rank, number> = { month: 20, day: 14, other: 8 };
/** How many dates have room below the line. */
const most = 6;
/** Room at both ends for half of the knob. */
export const MARGIN = 8;
const leftOf = (place: number) => `calc(${MARGIN}px + ${place} * (100% - ${2 * MARGIN}px))`;

/** The line of backups: a long tick begins a month, a middle one a day. */
export const TimeLine = memo(function TimeLine({ times, at }: { times: readonly string[]; at: number }) {
  const of = useMemo(() => ranks(times), [times]);
  const newest = shortDay(times.at(-1) ?? "");
  const dates = useMemo(
    () => labelled(of, most).filter((index) => shortDay(times[index] ?? "") !== newest),
    [of, times, newest],
  );
  const path = useMemo(
    () => of.map((rank, index) => `M${placeOf(index, of.length) * 1000} 32v-${heights[rank]}`).join(""),
    [of],
  );
  const place = leftOf(placeOf(at, times.length));
  return (
    <div aria-hidden>
      <div className="relative h-8 border-b border-control-line">
        <svg viewBox="0 0 1000 32" preserveAspectRatio="none" className="absolute inset-y-0 left-2 h-full w-[calc(100%-16px)] overflow-visible">
          <path
            d={path}
            className="stroke-control-line"
            strokeWidth={times.length > 150 ? 1 : 2}
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        <span className="absolute top-0 -bottom-px -ml-px w-0.5 bg-accent" style={{ left: place }} />
        <span
          className="absolute -bottom-[7px] -ml-[7px] size-3.5 rounded-full border-[3px] border-canvas bg-accent ring-1 ring-accent"
          style={{ left: place }}
        />
      </div>
      <div className="relative mt-2 h-4 text-11 text-text-3">
        {dates.map((index) => (
          <span
            key={index}
            className={`absolute whitespace-nowrap ${index === 0 ? "" : "-translate-x-1/2"}`}
            style={{ left: leftOf(placeOf(index, times.length)) }}
          >
            {shortDay(times[index] ?? "")}
          </span>
        ))}
        <span className="absolute right-2 whitespace-nowrap">{newest}</span>
      </div>
    </div>
  );
});
