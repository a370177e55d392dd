import { expect, test } from "vitest";

import type { TriedPlace } from "../../ipc/bindings";
import { about, amountOf, tested } from "./words";

test("says whether a place survives this computer's disk, and when that cannot be told", () => {
  expect(about({ kind: "usb", off_disk: true })).toBe("USB disk · off this computer’s disk");
  expect(about({ kind: "disk", off_disk: false })).toBe("Disk · on this computer’s own disk");
  expect(about({ kind: "network", off_disk: null })).toContain("cannot be told");
  expect(about({ kind: "system", off_disk: false })).toBe("This computer’s disk");
});

test("says how a test went, without numbers that are not known", () => {
  const tried = { latency_ms: null, bytes_per_second: 84_000_000, free: 1_300_000_000_000, holds: "keepstead" } as TriedPlace;
  expect(tested(tried)).toBe("Written to and read. 84 MB/s, 1.3 TB free. Its backups open.");
  expect(tested({ ...tried, bytes_per_second: 0, free: null })).toBe("Written to and read. Its backups open.");
});

test("says about how much a verification reads, where that is known", () => {
  expect([amountOf("everything", 41.3e9), amountOf("sample", 41.3e9), amountOf("structure", 41.3e9)]).toEqual([
    "reads about 41.3 GB",
    "reads about 4.13 GB",
    "reads little",
  ]);
  expect([amountOf("everything", null), amountOf("structure", null)]).toEqual(["", "reads little"]);
});
