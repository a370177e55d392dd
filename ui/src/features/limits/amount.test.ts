import { expect, test } from "vitest";

import { kibOf, said, shown } from "./amount";

test("says a limit in the unit that needs the fewest digits", () => {
  expect([1, 500, 1024, 1536, 2000, 102_400].map(said)).toEqual([
    "1 KiB/s",
    "500 KiB/s",
    "1 MiB/s",
    "1.5 MiB/s",
    "2000 KiB/s",
    "100 MiB/s",
  ]);
});

test("reads back what it says", () => {
  for (let kib = 1; kib < 200_000; kib += 37) expect(kibOf(shown(kib))).toBe(kib);
});

test("takes a comma, and rounds to whole KiB", () => {
  expect(kibOf({ text: " 1,5 ", unit: "MiB" })).toBe(1536);
  expect(kibOf({ text: "0.7", unit: "KiB" })).toBe(1);
});

test("refuses what is no limit", () => {
  for (const text of ["", "0", "0.2", "-5", "1e3", "fast", "1.2.3", ".", "Infinity", "1099511627776"]) {
    expect(kibOf({ text, unit: "KiB" }), text).toBeNull();
  }
});
