import { expect, test } from "vitest";

import { ago, bytes, count, day, duration, percent, shortDay, took } from "./format";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1 kB"],
  [1234, "1.23 kB"],
  [999_999, "1 MB"],
  [41_300_000_000, "41.3 GB"],
  [612_400_000_000, "612 GB"],
  [8_000_000_000_000, "8 TB"],
])("%d bytes are %s", (size, words) => {
  expect(bytes(size)).toBe(words);
});

test("counts with separators, and rounds a share down", () => {
  expect([count(1380), percent(0.999), percent(1), percent(-0.1)]).toEqual(["1,380", "99%", "100%", "0%"]);
});

const now = new Date("2026-11-25T14:00:00Z");
test.each([
  ["2026-11-25T13:59:30Z", "just now"],
  ["2026-11-25T13:22:00Z", "38 min ago"],
  ["2026-11-25T12:01:00Z", "1 hr ago"],
  ["2026-11-24T13:00:00Z", "yesterday"],
  ["2026-11-21T14:00:00Z", "4 days ago"],
  ["2026-11-04T14:00:00Z", "3 wk ago"],
  ["2026-08-01T14:00:00Z", "3 mo ago"],
  ["2023-11-01T14:00:00Z", "3 yr ago"],
  ["2026-11-25T14:22:00Z", "in 22 min"],
])("%s is %s", (iso, words) => {
  expect(ago(iso, now)).toBe(words);
});

test("a civil date is its own day everywhere", () => {
  const before = process.env.TZ;
  for (const zone of ["Pacific/Honolulu", "UTC", "Pacific/Kiritimati"]) {
    process.env.TZ = zone;
    expect([day("2026-11-25"), shortDay("2026-08-28")]).toEqual(["Wed, Nov 25", "Aug 28"]);
  }
  process.env.TZ = before;
});

test.each([
  [20, "less than a minute"],
  [530, "about 9 min"],
  [3600, "about 1 h"],
  [7799, "about 2 h 10 min"],
  [86_300, "about 24 h"],
  [260_000, "about 3 days"],
])("%d s to go are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test.each([
  [0.2, "less than a second"],
  [42, "42 s"],
  [545, "9 min 5 s"],
  [600, "10 min"],
  [7830, "2 h 10 min"],
])("%d s took %s", (seconds, words) => {
  expect(took(seconds)).toBe(words);
});
