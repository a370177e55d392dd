import type { BackupProgress, RunEntry, RunProgress } from "../../ipc/bindings";

const nothing: RunProgress = {
  total_files: 0,
  files_done: 0,
  total_bytes: 0,
  bytes_done: 0,
  bytes_moved: 0,
  files_skipped: 0,
  current_file: "",
  counted: false,
  fraction: null,
  bytes_per_second: 0,
  seconds_left: null,
};

/** The run as it stands after what was told; another run stays the same object.
 *  How many bytes there are in all is not told: that stays as it was asked for last. */
export function withProgress(run: RunEntry, told: BackupProgress): RunEntry {
  if (run.id !== told.runId) return run;
  const before = run.progress ?? nothing;
  const known = before.counted && told.fraction !== null;
  return {
    ...run,
    status: told.status,
    paused: told.paused,
    progress: {
      ...before,
      total_files: told.filesScanned,
      files_done: told.filesUploaded,
      bytes_done: known ? Math.round(before.total_bytes * (told.fraction ?? 0)) : before.bytes_done,
      bytes_moved: told.bytesUploaded,
      files_skipped: told.filesFailed,
      current_file: told.currentFile,
      fraction: told.fraction,
      bytes_per_second: told.uploadSpeed,
      seconds_left: told.estimatedTimeRemaining,
    },
  };
}

/** Whether its totals have to be asked for: they came after the last answer. */
export function lacksTotals(run: RunEntry): boolean {
  return run.progress?.counted !== true;
}
