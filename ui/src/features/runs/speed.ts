/** The speed of a run over the last minutes, and the scale it is drawn on. */

export const MINUTES = 12;
const WINDOW = MINUTES * 60_000;
/** One point for so long, however often something is told. */
const STEP = 5_000;

export interface Sample {
  /** Milliseconds, of the first moment that this point stands for. */
  at: number;
  bytesPerSecond: number;
}

export interface Speeds {
  samples: readonly Sample[];
  /** The most there ever was: the scale only grows, so that the line does not jump. */
  peak: number;
}

export const noSpeeds: Speeds = { samples: [], peak: 0 };

/** With one more measurement; those of the same moment are one point, those too old go. */
export function withSample({ samples, peak }: Speeds, at: number, bytesPerSecond: number): Speeds {
  const start = Math.floor(at / STEP) * STEP;
  const others = samples.filter((sample) => sample.at !== start && sample.at > at - WINDOW - STEP && sample.at < start);
  return {
    samples: [...others, { at: start, bytesPerSecond }],
    peak: Math.max(peak, bytesPerSecond),
  };
}

/** The top of the scale: a round number whose half is one too, not below the peak. */
export function topOf(peak: number): number {
  if (!(peak > 0)) return 1_000_000;
  const power = 10 ** Math.floor(Math.log10(peak));
  const steps = [1, 2, 4, 6, 8, 10];
  return (steps.find((step) => step * power >= peak) ?? 10) * power;
}

export interface Point {
  x: number;
  y: number;
}

/** Where the points stand in a picture: now is at the right edge, zero at the foot. */
export function pointsOf(speeds: Speeds, now: number, width: number, height: number): Point[] {
  const top = topOf(speeds.peak);
  return speeds.samples
    .map(({ at, bytesPerSecond }) => ({
      x: width * (1 - (now - at) / WINDOW),
      y: height * (1 - Math.min(1, bytesPerSecond / top)),
    }))
    .filter(({ x }) => x >= 0 && x <= width);
}

/** The average of each minute that something was measured in, the newest first; `ago` counts from 0. */
export function minutesOf({ samples }: Speeds, now: number): { ago: number; bytesPerSecond: number }[] {
  const minutes = new Map<number, number[]>();
  for (const { at, bytesPerSecond } of samples) {
    const ago = Math.max(0, Math.floor((now - at) / 60_000));
    if (ago < MINUTES) minutes.set(ago, [...(minutes.get(ago) ?? []), bytesPerSecond]);
  }
  return [...minutes]
    .sort(([a], [b]) => a - b)
    .map(([ago, of]) => ({ ago, bytesPerSecond: of.reduce((sum, one) => sum + one, 0) / of.length }));
}
