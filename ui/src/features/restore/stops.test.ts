import { expect, test } from "vitest";

import { labelled, placeOf, ranks, stepped, stopAt } from "./stops";

test("marks the first backup of a month and of a day", () => {
  const times = ["2026-09-30T12:00:00", "2026-10-01T12:00:00", "2026-10-01T13:00:00", "2026-10-02T12:00:00"];
  expect(ranks(times)).toEqual(["month", "month", "other", "day"]);
});

test("spaces stops evenly, and finds the one that is pointed at", () => {
  expect([0, 1, 2].map((index) => placeOf(index, 3))).toEqual([0, 0.5, 1]);
  expect(placeOf(0, 1)).toBe(1);
  for (const count of [1, 2, 7, 400]) {
    for (let index = 0; index < count; index += 1) expect(stopAt(placeOf(index, count), count)).toBe(index);
  }
  expect([stopAt(-1, 5), stopAt(2, 5)]).toEqual([0, 4]);
});

test("keeps dates apart", () => {
  const times = Array.from({ length: 400 }, (_, day) => new Date(2025, 9, 21 + day, 12).toISOString());
  const places = labelled(ranks(times), 5).map((index) => placeOf(index, times.length));
  expect(places[0]).toBe(0);
  for (const [index, place] of places.entries()) {
    if (index > 0) expect(place - (places[index - 1] ?? 0)).toBeGreaterThanOrEqual(0.2);
  }
});

test("steps by keys, and stays on the line", () => {
  expect(["ArrowLeft", "ArrowRight", "PageDown", "PageUp", "Home", "End", "x"].map((key) => stepped(key, 12, 20))).toEqual([
    11,
    13,
    2,
    19,
    0,
    19,
    undefined,
  ]);
  expect(stepped("ArrowLeft", 0, 20)).toBe(0);
});
