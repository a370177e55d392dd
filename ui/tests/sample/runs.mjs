// Runs as the program tells of them.

const ok = (value) => ({ ok: value });

const photos = {
  id: "run-photos",
  kind: "backup",
  plan: "Family photos",
  plan_id: "plan-photos",
  destination: "Attic NAS",
  destination_id: "attic",
  trigger: "schedule",
  status: "UPLOADING",
  queued_at: "2026-11-25T13:46:00Z",
  started_at: "2026-11-25T13:46:02Z",
  ended_at: null,
  files_total: 0,
  files_new: 0,
  files_changed: 0,
  files_unmodified: 0,
  files_skipped: 0,
  bytes_total: 0,
  bytes_added: 0,
  bytes_stored: 0,
  backup_id: null,
  verified: false,
  target: null,
  cancel_requested: false,
  paused: false,
  progress: {
    total_files: 64812,
    files_done: 39482,
    total_bytes: 41_300_000_000,
    bytes_done: 25_200_000_000,
    bytes_moved: 3_100_000_000,
    files_skipped: 6,
    current_file: "/home/mara/Pictures/2025/12 December/Christmas at Nana’s/Größte Überraschung, 家族写真/IMG_4827.HEIC",
    counted: true,
    fraction: 0.61,
    bytes_per_second: 5_400_000,
    seconds_left: 540,
  },
  error: null,
};

const ended = {
  ...photos,
  ended_at: "2026-11-25T13:58:47Z",
  files_total: 64812,
  files_new: 1380,
  files_changed: 12,
  files_unmodified: 63420,
  bytes_total: 41_300_000_000,
  bytes_added: 5_020_000_000,
  bytes_stored: 4_910_000_000,
  backup_id: "4bf0a1",
  verified: true,
  progress: null,
};

const restored = {
  ...ended,
  id: "run-restore",
  kind: "restore",
  trigger: "manual",
  files_total: 32,
  files_new: 32,
  files_changed: 0,
  bytes_total: 41_700_000,
  target: { path: "/home/mara/Documents/Money/Restored from 1 March 2026, 家計簿 and the long name of a folder/Steuer" },
};

export const runs = {
  working: photos,
  waiting: { ...photos, status: "PENDING", started_at: null, progress: null },
  starting: { ...photos, status: "RUNNING", progress: null },
  counting: {
    ...photos,
    status: "RUNNING",
    progress: { ...photos.progress, counted: false, fraction: null, seconds_left: null, files_skipped: 0 },
  },
  cancelling: { ...photos, cancel_requested: true },
  paused: { ...photos, paused: true, progress: { ...photos.progress, bytes_per_second: 0, seconds_left: null } },
  pausedCounting: {
    ...photos,
    status: "RUNNING",
    paused: true,
    progress: { ...photos.progress, counted: false, fraction: null, bytes_per_second: 0, seconds_left: null },
  },
  restoring: { ...photos, kind: "restore", status: "RUNNING" },
  succeeded: { ...ended, status: "SUCCESS" },
  partly: { ...ended, status: "PARTIAL_SUCCESS", files_skipped: 10_007 },
  failed: {
    ...ended,
    status: "FAILED",
    verified: false,
    backup_id: null,
    error: {
      code: "out_of_space",
      message: "Attic NAS has no room left for Keepstead. 1,380 photos since yesterday have no second copy.",
      hint: "Make room on Attic NAS, then back up again. Or copy this plan to Blue disk as well.",
    },
  },
  cancelled: { ...ended, status: "CANCELLED", verified: false, backup_id: null },
  restored: { ...restored, status: "SUCCESS" },
  restoredPartly: { ...restored, status: "PARTIAL_SUCCESS", files_skipped: 2 },
};

export const reasons = [
  { reason: "permission_denied", message: "This account may not read or write it.", files: 3 },
  { reason: "changing", message: "It kept changing while it was read; its last state was kept.", files: 4 },
  { reason: "unreadable", message: "The disk could not read it.", files: 10_000 },
];

export function skippedFiles(reason, from, count) {
  return Array.from({ length: count }, (_, index) => ({
    path: `/home/mara/Pictures/Scans/old-user/Verzeichnis mit Umlauten äöü ${from + index}/写真_${from + index}.tiff`,
    path_hex: null,
    reason: reason.reason,
    message: reason.message,
    accepted: (from + index) % 50 === 1,
  }));
}

export function log(lines) {
  return Array.from({ length: lines }, (_, seq) => ({
    run: photos.id,
    seq,
    at: new Date(Date.UTC(2026, 10, 25, 13, 46, 2 + seq)).toISOString(),
    level: seq % 40 === 7 ? "warning" : seq % 97 === 90 ? "error" : "info",
    message:
      seq % 40 === 7
        ? "/home/mara/Pictures/Scans/old-user/Verzeichnis_mit_einem_sehr_langen_Namen_ohne_Leerzeichen/0001.tiff was skipped: this account may not read it."
        : `Read folder ${seq + 1} of 212.`,
    kind: "backup",
    plan: photos.plan,
    destination: photos.destination,
  }));
}

/** Everything the screen of this run asks for. */
export function answersFor(run, { why = reasons, lines = 212 } = {}) {
  const answers = { run: ok(run), pause_run: ok(run), resume_run: ok(run), skipped_reasons: ok(why), run_log: ok(log(lines)), cancel_run: ok(null) };
  for (const reason of why) {
    for (let offset = 0; offset <= reason.files; offset += 100) {
      const asked = { run: run.id, reason: reason.reason, offset, limit: 100 };
      const files = Math.min(100, reason.files - offset);
      answers[`skipped ${JSON.stringify(asked)}`] = ok(skippedFiles(reason, offset, files));
    }
  }
  return answers;
}

export const states = {
  full: answersFor(runs.working),
  empty: answersFor(runs.waiting, { why: [], lines: 0 }),
  failing: {
    run: {
      error: {
        code: "no_such_run",
        message: "There is no run with this id. Nothing was changed.",
        hint: "The activity lists every run that is known.",
      },
    },
  },
  gone: { run: "gone" },
  slow: { run: "never" },
  starting: answersFor(runs.starting, { why: [], lines: 1 }),
  counting: answersFor(runs.counting, { why: [], lines: 4 }),
  cancelling: answersFor(runs.cancelling, { why: [] }),
  paused: answersFor(runs.paused, { why: [], lines: 4 }),
  pausedCounting: answersFor(runs.pausedCounting, { why: [], lines: 1 }),
  behind: { ...answersFor(runs.waiting, { why: [], lines: 0 }), working: ok([{ ...runs.paused, id: "run-other", plan: "Dokumente, Möbelkaufverträge und Gebrauchsanweisungen" }, runs.waiting]) },
  restoring: answersFor(runs.restoring, { why: [], lines: 4 }),
  succeeded: answersFor(runs.succeeded, { why: [] }),
  partly: answersFor(runs.partly, { lines: 10_000 }),
  failed: answersFor(runs.failed, { why: [] }),
  cancelled: answersFor(runs.cancelled, { why: [] }),
  restored: answersFor(runs.restored, { why: [] }),
  restoredPartly: answersFor(runs.restoredPartly, { why: [reasons[0]] }),
  nothingElse: { ...answersFor(runs.succeeded), skipped_reasons: "gone", run_log: "gone" },
};

/** What the program tells while the run is under way. */
export function progressEvent(speed, fraction, more = {}) {
  return {
    planId: photos.plan_id,
    runId: photos.id,
    status: "UPLOADING",
    paused: false,
    filesScanned: Math.round(64812 * fraction),
    filesUploaded: 900,
    filesFailed: 6,
    bytesUploaded: 3_100_000_000,
    currentFile: photos.progress.current_file,
    uploadSpeed: speed,
    estimatedTimeRemaining: 540,
    fraction,
    timestamp: 0,
    ...more,
  };
}
