import { expect, test } from "vitest";

import { minutesOf, noSpeeds, pointsOf, topOf, withSample } from "./speed";
import type { Speeds } from "./speed";

const minute = 60_000;
const start = 1_000 * minute;

function collected(values: [number, number][]): Speeds {
  return values.reduce((speeds, [at, speed]) => withSample(speeds, start + at, speed), noSpeeds);
}

test("ends the scale at a round number whose half is round too", () => {
  const tops = [0, 1, 999, 1000, 1001, 5_400_000, 6_100_000, 8_200_000, 99_000_000].map(topOf);
  expect(tops).toEqual([1e6, 1, 1000, 1000, 2000, 6e6, 8e6, 1e7, 1e8]);
  for (let peak = 1; peak < 1e12; peak *= 1.37) {
    expect(topOf(peak)).toBeGreaterThanOrEqual(peak);
    expect(topOf(peak)).toBeLessThanOrEqual(peak * 2);
  }
});

test("keeps one point a moment, and twelve minutes", () => {
  const quick = collected([[0, 1], [250, 2], [500, 3], [5_000, 4]]);
  expect(quick.samples.map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([3, 4]);
  let long = noSpeeds;
  for (let at = 0; at < 60 * minute; at += 250) long = withSample(long, start + at, at);
  expect(long.samples.length).toBeLessThanOrEqual(12 * 12 + 2);
});

test("draws now at the right edge, and the peak below the top", () => {
  const speeds = collected([[0, 3e6], [6 * minute, 6e6], [12 * minute, 0]]);
  expect(pointsOf(speeds, start + 12 * minute, 720, 100)).toEqual([
    { x: 0, y: 50 },
    { x: 360, y: 0 },
    { x: 720, y: 100 },
  ]);
});

test("does not let the scale shrink when a peak leaves the picture", () => {
  let speeds = collected([[0, 9e6]]);
  speeds = withSample(speeds, start + 20 * minute, 1e6);
  expect(speeds.samples).toHaveLength(1);
  expect(topOf(speeds.peak)).toBe(1e7);
});

test("says each minute's average for the table", () => {
  const speeds = collected([[0, 2], [5_000, 4], [minute, 10]]);
  expect(minutesOf(speeds, start + minute + 5_000)).toEqual([
    { ago: 0, bytesPerSecond: 10 },
    { ago: 1, bytesPerSecond: 3 },
  ]);
});
