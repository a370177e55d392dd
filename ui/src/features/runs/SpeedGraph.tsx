import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import { MINUTES, pointsOf, topOf } from "./speed";
import type { Speeds } from "./speed";

const words = messages.runs.speed;
const width = 720;
const height = 160;
const marks = [12, 9, 6, 3];

/** The line of the last minutes. Its axis says how long ago, so that nothing wanders. */
export function SpeedGraph({ speeds, now, summary }: { speeds: Speeds; now: number; summary: string }) {
  const points = pointsOf(speeds, now, width, height);
  const top = topOf(speeds.peak);
  const line = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const first = points[0];
  const last = points.at(-1);
  // The last measurement counts until now: the line reaches the edge.
  const end = last ? `L${width} ${last.y.toFixed(1)}` : "";
  return (
    <div className="grid h-full grid-cols-[minmax(0,1fr)_64px] grid-rows-[minmax(0,1fr)_20px]">
      <svg
        role="img"
        aria-label={summary}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="size-full overflow-visible pt-2"
      >
        <path d={`M0 0H${width}M0 ${height / 2}H${width}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
        <path d={`M0 ${height}H${width}`} className="stroke-control-line" vectorEffect="non-scaling-stroke" />
        {first && (
          <>
            <path d={`${line}${end}V${height}H${first.x.toFixed(1)}Z`} className="fill-chart-area" />
            <path
              d={`${line}${end}`}
              fill="none"
              className="stroke-chart-1"
              strokeWidth="1.75"
              strokeLinejoin="round"
              vectorEffect="non-scaling-stroke"
            />
          </>
        )}
      </svg>
      <div aria-hidden className="relative text-right font-mono text-11 text-text-3">
        {speeds.peak > 0 && (
          <>
            <span className="absolute top-0 right-0">{messages.runs.progress.perSecond(bytes(top))}</span>
            <span className="absolute top-1/2 right-0 -translate-y-1">
              {messages.runs.progress.perSecond(bytes(top / 2))}
            </span>
          </>
        )}
      </div>
      <div aria-hidden className="relative text-11 text-text-3">
        {marks.map((minutes) => (
          <span
            key={minutes}
            className={`absolute top-1 whitespace-nowrap ${minutes === MINUTES ? "" : "-translate-x-1/2"}`}
            style={{ left: `${(1 - minutes / MINUTES) * 100}%` }}
          >
            {words.ago(minutes)}
          </span>
        ))}
        <span className="absolute top-1 right-0">{words.now}</span>
      </div>
    </div>
  );
}
