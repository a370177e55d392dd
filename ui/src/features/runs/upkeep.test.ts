import { expect, test } from "vitest";

import type { LogEntry, RunEntry, RunResult } from "../../ipc/bindings";
import { findingsOf } from "./findings";
import { sentencesOf } from "./sentences";
import { foundDamage, upkeepFacts } from "./upkeep";

const GB = 1e9;
const verified: RunResult = { kind: "verified", depth: "everything", backups: 58, bytes: 41.3 * GB, bytes_read: 41.3 * GB, errors: 0, remarks: 0 };
const cleaned: RunResult = { kind: "cleaned_up", bytes_freed: GB, bytes_waiting: 3 * GB, bytes_rewritten: 0 };
const run = (kind: "verify" | "prune", result: RunResult | null) => ({ kind, result, destination: "Blue disk", error: null }) as RunEntry;
const said = (kind: "verify" | "prune", result: RunResult | null, end: "SUCCESS" | "CANCELLED" = "SUCCESS") =>
  sentencesOf(run(kind, result), end).join(" ");

test("claims for a verification only what it read", () => {
  expect(said("verify", verified)).toBe("58 backups are sound: all 41.3 GB were read and compared with what was written.");
  const tenth = { ...verified, depth: "sample", bytes_read: 4.13 * GB } as const;
  expect(said("verify", tenth)).toBe("4.13 GB of 41.3 GB were read and are sound. What was not read stays unproved.");
  const structure = { ...verified, depth: "structure", backups: 1, bytes_read: 0 } as const;
  expect(said("verify", structure)).toBe("Nothing that 1 backup needs is missing. The contents of files were not read.");
  expect(said("verify", { ...verified, backups: 0 })).toContain("nothing could be proved");
  expect(said("verify", { ...verified, remarks: 2 })).toContain("2 remarks below");
  expect(said("verify", null)).toBe("It came to its end.");
  expect(said("verify", verified, "CANCELLED")).toContain("proves nothing");
});

test("says what a clean-up freed, and what waits", () => {
  expect(said("prune", cleaned)).toMatch(/^1 GB was freed\. 3 GB is marked and waits.* Every backup is as it was\.$/);
  const marked = said("prune", { ...cleaned, bytes_freed: 0 });
  expect(marked).toMatch(/^Nothing was deleted yet\./);
  expect(said("prune", { ...cleaned, bytes_waiting: 0 })).toBe("1 GB was freed. Every backup is as it was.");
  expect(said("prune", null, "CANCELLED")).toContain("what was freed until then is free");
});

test("calls damage what is damage, and nothing else", () => {
  const ended = (kind: "verify" | "backup", code: string) => foundDamage({ kind, error: { code, message: "", hint: "" } });
  expect([ended("verify", "damaged"), ended("verify", "not_mounted"), ended("backup", "damaged")]).toEqual([true, false, false]);
  expect(foundDamage({ kind: "verify", error: null })).toBe(false);
});

test("lists damage before remarks, and not the sentence that sums it up", () => {
  const error = { code: "damaged", message: "2 errors.", hint: "" };
  const line = (seq: number, level: LogEntry["level"], message: string) => ({ seq, level, message }) as LogEntry;
  const lines = [line(0, "info", "Started"), line(1, "warning", "a"), line(2, "error", "b"), line(3, "warning", "c"), line(4, "error", "d"), line(5, "error", "2 errors.")];
  expect(findingsOf(lines, error).map(({ message }) => message)).toEqual(["b", "d", "a", "c"]);
});

test("names its numbers", () => {
  expect(upkeepFacts(verified).map(([name]) => name)).toEqual(["How much", "Sound backups", "Storage used", "Read", "Damaged", "Remarks"]);
  expect(upkeepFacts(cleaned)).toEqual([["Freed", "1 GB"], ["Freed later", "3 GB"], ["Written anew", "0 bytes"]]);
});
