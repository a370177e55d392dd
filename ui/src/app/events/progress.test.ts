import { expect, test } from "vitest";

import type { BackupProgress, RunEntry, RunProgress } from "../../ipc/bindings";
import { lacksTotals, withProgress } from "./progress";

const told: BackupProgress = {
  planId: "p",
  runId: "r",
  status: "UPLOADING",
  paused: true,
  filesScanned: 40,
  filesUploaded: 12,
  filesFailed: 1,
  bytesUploaded: 500,
  currentFile: "/a",
  uploadSpeed: 10,
  estimatedTimeRemaining: 60,
  fraction: 0.25,
  timestamp: 0,
};
const run = { id: "r", status: "RUNNING", plan: "Photos" } as RunEntry;

test("keeps what it knew of the run, and takes over what was told", () => {
  const progress = { counted: true, total_bytes: 2000, total_files: 38 } as RunProgress;
  const after = withProgress({ ...run, progress }, told);
  expect(after).toMatchObject({ plan: "Photos", status: "UPLOADING", paused: true });
  expect(after.progress).toMatchObject({ total_files: 40, bytes_done: 500, files_done: 12, seconds_left: 60 });
  expect(lacksTotals(after)).toBe(false);
});

test("asks for totals that it does not know", () => {
  expect(lacksTotals(withProgress(run, told))).toBe(true);
});

test("leaves other runs alone", () => {
  const other = { ...run, id: "s" };
  expect(withProgress(other, told)).toBe(other);
});
