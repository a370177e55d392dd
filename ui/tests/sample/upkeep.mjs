// Destinations that are verified and cleaned up, what a clean-up would do, and the runs that do it.

import { destinations as all, full, plans, troubled, unmeasured, verdicts } from "./frame.mjs";
import { log, runs } from "./runs.mjs";

const ok = (value) => ({ ok: value });
const refused = (code, message, hint) => ({ error: { code, message, hint } });
const at = (minutesAgo) => new Date(Date.UTC(2026, 10, 25, 14) - minutesAgo * 60_000).toISOString();
const HOUR = 60;
const DAY = 24 * HOUR;
const GB = 1e9;

const [blue, attic, long, disk] = all;
/** Where something is damaged, nobody can tell what is needed. */
export const damagedBlue = { ...blue, reclaimable: null, measured_at: at(20), verified: { run: "run-upkeep", at: at(20), depth: "everything", sound: false } };
/** Damaged, away, never verified with a long name, and measured without anything to free. */
export const destinations = [damagedBlue, attic, long, { ...disk, reclaimable: 0 }];

const run = (kind, status, more) => ({
  ...runs.waiting, id: "run-upkeep", kind, plan: "", plan_id: null, destination: "Blue disk", destination_id: "d1", trigger: "manual",
  status, queued_at: at(14), started_at: at(14), progress: null, result: null, ...more,
});
const progress = {
  ...runs.working.progress, total_files: 0, files_done: 0, files_skipped: 0, total_bytes: 41.3 * GB, bytes_done: 25.2 * GB, bytes_moved: 25.2 * GB,
  current_file: "data/4b/4bf0a1d9e2c6", bytes_per_second: 61_000_000, seconds_left: 264,
};
const counting = { ...progress, counted: false, total_bytes: 0, bytes_done: 1.2 * GB, fraction: null, seconds_left: null };
const verified = { kind: "verified", depth: "everything", backups: 58, bytes: 41.3 * GB, bytes_read: 41.3 * GB, errors: 0, remarks: 0 };
const cleaned = { kind: "cleaned_up", bytes_freed: 1.2 * GB, bytes_waiting: 3.2 * GB, bytes_rewritten: 640e6 };
const over = { ended_at: at(2) };
const damaged = {
  code: "damaged",
  message: "3 backups on Blue disk cannot be restored completely. Your files on this computer are as they were.",
  hint: "Check the disk that it lies on. The next backup stores anew what still exists on this computer; then verify again.",
};

export const upkeepRuns = {
  waiting: run("verify", "PENDING", { started_at: null }),
  counting: run("verify", "RUNNING", { progress: counting }),
  working: run("verify", "RUNNING", { progress }),
  paused: run("verify", "RUNNING", { paused: true, progress: { ...progress, bytes_per_second: 0, seconds_left: null } }),
  stopping: run("verify", "RUNNING", { cancel_requested: true, progress }),
  sound: run("verify", "SUCCESS", { ...over, result: verified }),
  remarks: run("verify", "SUCCESS", { ...over, result: { ...verified, remarks: 2 } }),
  tenth: run("verify", "SUCCESS", { ...over, result: { ...verified, depth: "sample", bytes_read: 4.13 * GB } }),
  structure: run("verify", "SUCCESS", { ...over, result: { ...verified, depth: "structure", bytes_read: 0 } }),
  damaged: run("verify", "FAILED", { ...over, error: damaged, result: { ...verified, backups: 55, errors: 3, remarks: 1 } }),
  many: run("verify", "FAILED", { ...over, destination: long.name, destination_id: "d3", error: damaged, result: { ...verified, errors: 10_000, remarks: 40 } }),
  away: run("verify", "FAILED", {
    ...over,
    error: { code: "not_mounted", message: "The disk or share of Blue disk is not there. Nothing was proved; backups are as they were.", hint: "Plug it in, then verify again." },
  }),
  cancelled: run("verify", "CANCELLED", over),
  cleaning: run("prune", "RUNNING", { progress: counting }),
  deleting: run("prune", "ROTATING", { progress: { ...progress, total_bytes: 4.4 * GB, bytes_done: 2.7 * GB } }),
  cleaned: run("prune", "SUCCESS", { ...over, result: cleaned }),
  marked: run("prune", "SUCCESS", { ...over, result: { ...cleaned, bytes_freed: 0, bytes_rewritten: 0 } }),
  outdated: run("prune", "FAILED", {
    ...over,
    error: { code: "plan_outdated", message: "Blue disk has changed since it was looked through. Nothing was deleted.", hint: "Look again, and decide by what is there now." },
  }),
  cleanUpCancelled: run("prune", "CANCELLED", over),
};

/** Lines of a verification's log: so many findings of damage and remarks among its own sentences. */
function findings(errors, remarks, last) {
  const line = (seq, level, message) => ({ ...log(1)[0], run: "run-upkeep", seq, at: at(12), level, message, kind: "verify", plan: "", destination: "Blue disk" });
  const damage = (index) =>
    `${index % 2 ? "A part of data" : "The file list of a backup"}, number ${index + 1}: It is damaged: it is not what was stored. Affected: backups of 24 Nov 2026 and /home/mara/Pictures/Scans/Verzeichnis_mit_einem_sehr_langen_Namen_ohne_Leerzeichen_${index}.tiff`;
  const lines = [
    ["info", "Started, because it was asked for."],
    ...Array.from({ length: remarks }, (_, index) => ["warning", `A part of data, number ${index + 1}: No backup needs it. A backup was interrupted, or is running.`]),
    ...Array.from({ length: errors }, (_, index) => ["error", damage(index)]),
    ...(last ? [["error", last]] : []),
  ];
  return lines.map(([level, message], seq) => line(seq, level, message));
}

/** Everything that the screen of this run asks for. */
const answersFor = (of, lines = findings(0, 0)) => ({
  ...full, run: ok(of), run_log: ok(lines), skipped_reasons: "gone", verify_destination: ok("run-again"), destinations: ok(destinations), plan_clean_up: ok(plan),
});

export const plan = {
  destination: "Blue disk", destination_id: "d1", id: "digest-1", empty: false, backups: 58, stored: 41.3 * GB, needed: 36.4 * GB, reclaimable: 4.73 * GB,
  frees_now: 1.2 * GB, frees_later: 3.2 * GB, waiting: 640e6, waiting_until: "2026-11-26T09:12:00Z", rewritten: 310e6, grace_seconds: 86_400,
};
const none = { empty: true, reclaimable: 0, frees_now: 0, frees_later: 0, waiting: 0, waiting_until: null, rewritten: 0 };

export const card = { ...full, destinations: ok(destinations), plan_clean_up: ok(plan), clean_up: ok("run-cleaning"), stop_clean_up_plan: ok(null), verify_destination: ok("run-verify"), run: ok(upkeepRuns.working), run_log: ok([]) };
const planned = (change) => ({ ...card, plan_clean_up: ok({ ...plan, ...change }) });

/** The screen of destinations. */
export const cards = {
  full: card,
  never: { ...card, destinations: ok(destinations.map((each) => ({ ...each, ...unmeasured }))) },
  underWay: { ...card, working: ok([upkeepRuns.working, { ...upkeepRuns.cleaning, id: "run-cleaning", destination_id: "d4", destination: disk.name, status: "PENDING" }]) },
};

/** The dialog of a verification. */
export const verifying = {
  full: card,
  never: cards.never,
  refused: { ...card, verify_destination: refused("not_mounted", "The disk or share of Blue disk is not there. Nothing was proved.", "Plug it in, then try again.") },
};

/** The dialog of a clean-up. */
export const cleaning = {
  full: card,
  slow: { ...card, plan_clean_up: "never" },
  laterOnly: planned({ reclaimable: 4.1 * GB, frees_now: 0, waiting: 0, waiting_until: null, rewritten: 0, frees_later: 4.1 * GB }),
  little: planned({ frees_now: 900_000, reclaimable: 900_000, frees_later: 0, waiting: 0, waiting_until: null, rewritten: 0 }),
  nothing: planned({ ...none, needed: 41.3 * GB }),
  rest: planned({ ...none, needed: 40.2 * GB }),
  waits: planned({ ...none, reclaimable: 3.2 * GB, waiting: 3.2 * GB, waiting_until: "2026-11-26T09:12:00Z" }),
  tidy: planned({ ...none, empty: false }),
  failing: { ...card, plan_clean_up: refused("locked", "Another program works with the backups on Blue disk. Nothing was changed.", "Wait until it is done, then try again.") },
  gone: { ...card, plan_clean_up: "gone" },
  outdated: { ...card, clean_up: refused("plan_outdated", "Blue disk has changed since it was looked through. Nothing was deleted.", "Look again, and decide by what is there now.") },
};

/** The screen of a run. */
export const states = Object.fromEntries(Object.entries(upkeepRuns).map(([name, of]) => [name, answersFor(of)]));
states.waiting = answersFor(upkeepRuns.waiting, []);
states.working = { ...states.working, working: ok([upkeepRuns.working]) };
states.remarks = answersFor(upkeepRuns.remarks, findings(0, 2));
states.damaged = answersFor(upkeepRuns.damaged, findings(3, 1, damaged.message));
states.many = answersFor(upkeepRuns.many, findings(10_000, 40, damaged.message));
states.soFar = answersFor(upkeepRuns.working, findings(2, 0));
/** Backups that cannot even be opened: nothing to list. */
states.unopened = answersFor({ ...upkeepRuns.damaged, result: { ...verified, backups: 0, bytes: 0, bytes_read: 0, errors: 1 } }, findings(0, 0, damaged.message));
states.unread = { ...states.damaged, run_log: "gone" };

/** Backups are damaged: the overview says so, and leads to the verification. */
export const overview = {
  ...troubled,
  destinations: ok(destinations),
  plans: ok(plans.map((each) => (each.id === "p2" ? each : { ...each, state: "failed", word: "Damaged", line: "Backups on Blue disk are damaged" }))),
  verdict: ok({
    ...verdicts.failed, word: "Damaged", line: "Backups on Blue disk are damaged",
    sentence: "Backups on Blue disk are damaged, so it is not certain that all of Home records can be restored from there.",
    reasons: ["Backups on Blue disk are damaged, so it is not certain that all of Home records can be restored from there.", "Backups on Blue disk are damaged, so it is not certain that all of 家族の写真 can be restored from there."], fix: { kind: "show_run", run: "run-upkeep" },
  }),
  working: ok([upkeepRuns.working, { ...upkeepRuns.cleaning, id: "run-cleaning", status: "PENDING" }]),
  run: ok(upkeepRuns.damaged),
  run_log: ok(findings(3, 1, damaged.message)),
};

/** The log, with both kinds of runs among backups. */
export const activity = {
  ...full,
  activity: ok([
    { run: "run-upkeep", seq: 5, at: at(2), level: "error", message: damaged.message, kind: "verify", plan: "", destination: "Blue disk" },
    { run: "run-upkeep", seq: 4, at: at(3), level: "info", message: "Started, because it was asked for.", kind: "verify", plan: "", destination: "Blue disk" },
    { run: "run-cleaning", seq: 2, at: at(30), level: "info", message: "Freed 1.2 GB; 3.2 GB wait.", kind: "prune", plan: "", destination: long.name },
    ...full.activity.ok.slice(0, 5),
  ]),
};
