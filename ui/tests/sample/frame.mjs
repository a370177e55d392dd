// A household with plans, destinations, runs and a log, in every state that the frame can show.

import { protectedVerdict, ready } from "./base.mjs";

const ok = (value) => ({ ok: value });
const at = (minutesAgo) => new Date(Date.UTC(2026, 10, 25, 14) - minutesAgo * 60_000).toISOString();
const HOUR = 60;
const DAY = 24 * HOUR;

export const refused = { error: { code: "internal", message: "Keepstead could not read its records. Copies that were made stay as they are.", hint: "Try again. If it fails again, start Keepstead anew." } };

/** 90 days up to 25 November; `ends` says how some of them ended, by days ago. */
function days(ends, since = 89) {
  return Array.from({ length: 90 }, (_, index) => {
    const ago = 89 - index;
    const date = new Date(Date.UTC(2026, 10, 25 - ago)).toISOString().slice(0, 10);
    const status = ago > since ? null : ago in ends ? ends[ago] : "SUCCESS";
    return { date, status, runs: status ? 1 + (ago % 3) : 0 };
  });
}

/** Neither measured nor verified. */
export const unmeasured = { stored: null, reclaimable: null, measured_at: null, verified: null };

/** What is only known of servers and clouds. */
export const here = { remote: null, latency_ms: null, monthly_cost: null };

export const destinations = [
  { id: "d1", name: "Blue disk", ...here, path: "/run/media/mara/Blue disk", repository: "/run/media/mara/Blue disk/Keepstead", state: "ready", kind: "usb", off_disk: true, removable: true, capacity_total: 2_000_000_000_000, capacity_free: 1_298_000_000_000, last_copy_at: at(38), last_seen_at: at(1), plans: ["Home records", "家族の写真"], stored: 41_300_000_000, reclaimable: 4_000_000_000, measured_at: at(2 * DAY), verified: { run: "r7", at: at(2 * DAY), depth: "everything", sound: true } },
  { id: "d2", name: "Attic NAS", ...here, path: "/mnt/attic-nas/backup", repository: "/mnt/attic-nas/backup/Keepstead", state: "not_mounted", kind: "network", off_disk: true, removable: false, capacity_total: null, capacity_free: null, last_copy_at: at(3 * DAY), last_seen_at: at(3 * DAY - 20), plans: ["Dokumente, Möbelkaufverträge und Gebrauchsanweisungen der Wohnung", "家族の写真"], stored: 1_840_000_000_000, reclaimable: 0, measured_at: at(30 * DAY), verified: { run: "r8", at: at(30 * DAY), depth: "sample", sound: true } },
  { id: "d3", name: "Sicherungen im Arbeitszimmer, zweite Platte hinter dem Schreibtisch", ...here, path: "/srv/daten/Großmutters Rechner/Sicherungen/2026/ganz unten im Schrank/Keepstead", repository: "/srv/daten/x", state: "ready", kind: "system", off_disk: false, removable: false, capacity_total: 512_000_000_000, capacity_free: 9_400_000_000, last_copy_at: null, last_seen_at: at(1), plans: [], ...unmeasured },
  { id: "d4", name: "写真のディスク", ...here, path: "/run/media/mara/写真のディスク", repository: "/run/media/mara/写真", state: "ready", kind: "disk", off_disk: null, removable: true, capacity_total: 4_000_000_000_000, capacity_free: 3_100_000_000_000, last_copy_at: at(10 * HOUR), last_seen_at: at(1), plans: ["家族の写真"], stored: 612_000_000_000, reclaimable: 87_000_000_000, measured_at: at(5 * HOUR), verified: { run: "r6", at: at(5 * HOUR), depth: "structure", sound: true } },
];

const target = (id, last_copy_at) => {
  const { name, state } = destinations.find((each) => each.id === id);
  return { destination: id, destination_name: name, reach: state, last_copy_at };
};
const plan = (id, name, state, word, targets, more) => ({
  id, name, description: "", enabled: state !== "paused", sources: ["~/Documents"], source_paths: [{ path: "/home/mara/Documents" }],
  excludes: [], destinations: targets.map(({ destination }) => destination), targets, created_at: at(200 * DAY),
  state, word, line: "", newest_copy_at: targets.map((each) => each.last_copy_at).sort().at(-1) ?? null,
  last_run: "r1", last_status: "SUCCESS", days: days({}), ...more,
});

export const plans = [
  plan("p1", "Home records", "protected", "Protected", [target("d1", at(38))], { days: days({ 30: null, 31: null, 32: null }) }),
  plan("p2", "Dokumente, Möbelkaufverträge und Gebrauchsanweisungen der Wohnung", "warning", "Out of date", [target("d2", at(3 * DAY))], { days: days({ 0: null, 1: null, 2: "FAILED", 12: "PARTIAL_SUCCESS" }) }),
  plan("p3", "家族の写真", "protected", "Protected", [target("d1", at(10 * HOUR)), target("d4", at(10 * HOUR))], { days: days({ 60: "FAILED", 52: "PARTIAL_SUCCESS", 20: "CANCELLED" }, 70) }),
];

/** Beside a verdict of "Protected" no plan is out of date. */
const calm = plans.map((each) =>
  each.id === "p2" ? { ...each, state: "protected", word: "Protected", newest_copy_at: at(2 * DAY), days: days({ 12: "PARTIAL_SUCCESS" }) } : each,
);

const run = (id, planIndex, status, more) => ({
  id, kind: "backup", plan: plans[planIndex].name, plan_id: plans[planIndex].id, destination: "Blue disk", destination_id: "d1", trigger: "manual", status,
  queued_at: at(60), started_at: at(60), ended_at: null, files_total: 0, files_new: 0, files_changed: 0, files_unmodified: 0, files_skipped: 0,
  bytes_total: 0, bytes_added: 0, bytes_stored: 0, backup_id: null, verified: false, target: null, cancel_requested: false, paused: false, progress: null, error: null, ...more,
});

export const runs = [
  run("r1", 0, "SUCCESS", { ended_at: at(38), verified: true }),
  run("r2", 1, "FAILED", { ended_at: at(2 * DAY), destination: "Attic NAS" }),
];

export const underWay = [
  run("r9", 2, "UPLOADING", {
    progress: { total_files: 64_812, files_done: 39_482, total_bytes: 612e9, bytes_done: 373e9, bytes_moved: 3.1e9, files_skipped: 6, current_file: "/home/mara/Pictures/2025/12 December/IMG_4827.HEIC", counted: true, fraction: 0.614, bytes_per_second: 5.4e6, seconds_left: 540 },
  }),
  run("r10", 1, "PENDING"),
];

export const verdicts = {
  protected: { ...protectedVerdict, sentence: "All 3 plans have fresh copies. The newest was made 38 min ago, and one place is off this computer’s disk.", newest_copy_at: at(38), notes: ["Attic NAS is not here. Family photos is due since Monday; Blue disk has a copy from today."] },
  warning: {
    ...protectedVerdict, state: "warning", word: "Out of date", line: "Dokumente, Möbelkaufverträge und Gebrauchsanweisungen, 2 days late",
    sentence: "Dokumente, Möbelkaufverträge und Gebrauchsanweisungen der Wohnung was due on Monday. Its newest copy is 3 days old.",
    reasons: ["Dokumente, Möbelkaufverträge und Gebrauchsanweisungen der Wohnung was due on Monday.", "The recovery kit is not confirmed.", "Whether 写真のディスク lies off this disk cannot be told."],
    fix: { kind: "back_up", plan: "p2" }, newest_copy_at: at(38),
  },
  destination_missing: {
    ...protectedVerdict, state: "destination_missing", word: "Destination missing", line: "Attic NAS, due since Monday",
    sentence: "Attic NAS has not been here for 3 days. Since Monday, changes have no copy off this computer’s disk.",
    reasons: ["Attic NAS has not been here for 3 days."], fix: { kind: "plug_in", destination: "d2" }, newest_copy_at: at(38),
  },
  failed: {
    ...protectedVerdict, state: "failed", word: "Failed", line: "Attic NAS has no room left",
    sentence: "Attic NAS has no room left for Keepstead. 1,380 files since yesterday have no second copy.",
    reasons: ["Attic NAS has no room left for Keepstead.", "The recovery kit is not confirmed."], fix: { kind: "show_run", run: "r2" }, newest_copy_at: at(38),
  },
  paused: {
    ...protectedVerdict, state: "paused", word: "Paused", line: "By you, all plans",
    sentence: "Every plan is paused. Changes since this morning have no copy.", reasons: ["Home records is paused."], fix: { kind: "resume", plan: "p1" }, newest_copy_at: at(300),
  },
  not_set_up: { ...protectedVerdict, state: "not_set_up", word: "Not set up", line: "No plan yet", sentence: "No plan says what is copied.", fix: { kind: "set_up" }, newest_copy_at: null },
};

export const places = [
  { path: { path: "/run/media/mara/Rote Platte" }, name: "Rote Platte", kind: "usb", total: 1e12, free: 8e11, removable: true, off_disk: true, writable: true, destination: null },
  { path: { path: "/run/media/mara/Blue disk" }, name: "Blue disk", kind: "usb", total: 2e12, free: 1.298e12, removable: true, off_disk: true, writable: true, destination: "d1" },
  { path: { path: "/run/media/mara/SETUP" }, name: "SETUP", kind: "usb", total: 4e9, free: 0, removable: true, off_disk: true, writable: false, destination: null },
  { path: { path: "/home/mara/Keepstead" }, name: "A folder on this computer", kind: "system", total: 5e11, free: 9.4e9, removable: false, off_disk: false, writable: true, destination: null },
];

export const tried = { path: { path: "/run/media/mara/Rote Platte" }, name: "Rote Platte", free: 8e11, total: 1e12, off_disk: true, removable: true, bytes_per_second: 84_000_000, latency_ms: null, holds: "nothing" };

const messages = [
  ["info", "Started, because it was asked for"],
  ["info", "Found 1,380 new and 12 changed files, 10.9 GB"],
  ["warning", "~/Documents/Steuer 2025/Belege/Handwerkerrechnung Badezimmer.pdf is in use by another program and was skipped; it is tried again at the end"],
  ["info", "Wrote the backup 4f1c2a90 and read it back: 1,392 files, all matched"],
  ["error", "Attic NAS has no room left for Keepstead. Stopped; nothing half-written was left."],
];

/** That many lines of the log, the newest first. */
export function log(lines) {
  return Array.from({ length: lines }, (_, index) => {
    const [level, message] = messages[(index * 7) % 5];
    const of = plans[index % 3];
    return { run: `r${Math.floor(index / 5)}`, seq: lines - index, at: at(10 + index * 3), level, message, kind: "backup", plan: of.name, destination: destinations[index % 4].name };
  });
}

/** The log as the window asks for it, page by page. */
export function pages(lines) {
  const all = log(lines);
  const answers = { activity: ok(all.slice(0, 200)) };
  for (let from = 200; from <= lines; from += 200) {
    const { at: when, run: of, seq } = all[from - 1];
    const filter = { levels: [], plan: null, contains: null, limit: 200, before: { at: when, run: of, seq } };
    answers[`activity ${JSON.stringify({ filter })}`] = ok(all.slice(from, from + 200));
  }
  return answers;
}

const words = ["copper", "lantern", "orchard", "ribbon", "meadow", "anvil", "harbour", "thistle"];
const desktop = { start_at_login: true, notifications: true, tray: true };
const security = { keychain: "stored", kit_saved_at: at(200 * DAY), kit_confirmed_at: null };

export const full = {
  verdict: ok(verdicts.protected),
  plans: ok(calm),
  destinations: ok(destinations),
  runs: ok(runs),
  places: ok(places),
  try_place: ok(tried),
  test_destination: ok({ ...tried, holds: "keepstead" }),
  add_destination: ok(destinations[0]),
  rename_destination: ok(destinations[0]),
  remove_destination: ok(destinations[2]),
  ...pages(450),
  security: ok(security),
  desktop: ok(desktop),
  set_start_at_login: ok({ ...desktop, start_at_login: false }),
  set_notifications: ok({ ...desktop, notifications: false }),
  send_test_notification: ok(null),
  kit_words: ok(words),
  kit_questions: ok([2, 6]),
  confirm_kit: ok({ ...security, kit_confirmed_at: at(0) }),
  save_kit: ok({ path: "/home/mara/Downloads/Keepstead recovery kit of Mara Okafor-Größenwahn, 25 November 2026.pdf" }),
  show_kit: ok(null),
  show_folder: ok(null),
  back_up: ok(["r9"]),
  cancel_run: ok(null),
  pause_run: ok(null),
  resume_run: ok(null),
  enable_plan: ok(plans[0]),
};

export const troubled = { ...full, plans: ok(plans) };

export const working = { ...troubled, verdict: ok({ ...verdicts.warning, working: 2 }), working: ok(underWay) };

export const held = {
  ...working,
  working: ok([{ ...underWay[0], paused: true, progress: { ...underWay[0].progress, bytes_per_second: 0 } }, underWay[1]]),
};

export const limited = { ...full, limits: ok({ upload_kib: 1536, download_kib: 500, cpu_percent: 30, background: true }) };

export const empty = {
  ...full,
  verdict: ok(verdicts.not_set_up),
  plans: ok([]),
  destinations: ok([]),
  runs: ok([]),
  places: ok([]),
  activity: ok([]),
  security: ok({ keychain: "unavailable", kit_saved_at: null, kit_confirmed_at: null }),
  desktop: ok({ start_at_login: null, notifications: false, tray: false }),
};

/** What the screens ask for, all answered alike. */
const asked = ["verdict", "plans", "destinations", "runs", "activity", "security", "desktop", "places", "working", "limits"];
const all = (answer) => Object.fromEntries(asked.map((name) => [name, answer]));
export const failing = all(refused);
export const gone = all("gone");
export const slow = all("never");

const problem = (code, message, hint) => ({ code, message, hint });
const state = (change) => ({ app_state: ok({ ...ready, ...change }), open_again: ok({ ...ready, ...change }), verdict: full.verdict });
export const locked = {
  ...state({ phase: "locked", keychain: "locked", problem: problem("app_locked", "This computer’s keychain is locked. No new copies are made until the key is open.", "Unlock the keychain and ask it again, or type the eight words of the recovery kit.") }),
};
export const broken = {
  ...state({ phase: "broken", keychain: null, problem: problem("store_damaged", "The database of Keepstead is damaged: table runs, row 4,212 is cut short.", "Set the damaged file aside and start anew, or put back an earlier copy of it.") }),
  set_database_aside: ok("/home/mara/.local/share/keepstead/keepstead.db.damaged-2026-11-25"),
};
export const newer = {
  ...state({ phase: "broken", keychain: null, problem: problem("store_newer", "The database was written by a newer Keepstead, version 2.0.", "Install that version or a newer one.") }),
};
export const noAnswer = { app_state: "gone" };
