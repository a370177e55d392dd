// What every screen asks for: the application is open, one plan is protected, nothing runs.

const ok = (value) => ({ ok: value });

export const ready = {
  version: "1.2.3",
  backup_format: 2,
  phase: "ready",
  problem: null,
  keychain: "stored",
  data_folder: { path: "/home/mara/.local/share/keepstead" },
};

export const protectedVerdict = {
  state: "protected",
  word: "Protected",
  sentence: "Every plan has fresh copies. The newest was made 38 min ago.",
  line: "Newest copy 38 min ago",
  reasons: [],
  fix: null,
  notes: [],
  left_out: ["Restore drills are not there yet and do not count."],
  newest_copy_at: "2026-11-25T13:22:00Z",
  working: 0,
};

/** Answers that a test may replace one by one. */
export const base = {
  app_state: ok(ready),
  verdict: ok(protectedVerdict),
  working: ok([]),
  plans: ok([]),
  destinations: ok([]),
  runs: ok([]),
  limits: ok({ upload_kib: null, download_kib: null, cpu_percent: null, background: false }),
};
