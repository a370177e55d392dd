// Plans, as the list and the editor are told of them.

import { folders } from "./folders.mjs";

const ok = (value) => ({ ok: value });
const text = (path) => ({ path });
const GB = 1_000_000_000;
const today = Date.UTC(2026, 10, 25);

/** Ninety days: `odd` says by how many days ago another end; a week without a run in between. */
function days(odd = {}) {
  return Array.from({ length: 90 }, (_, index) => {
    const back = 89 - index;
    const off = back >= 76 && back <= 81;
    const status = odd[back] ?? (off ? null : "SUCCESS");
    return { date: new Date(today - back * 86_400_000).toISOString().slice(0, 10), status, runs: status ? 1 : 0 };
  });
}

const target = (destination, destination_name, last_copy_at, reach = "ready") => ({
  destination,
  destination_name,
  reach,
  last_copy_at,
});

function plan(id, name, sources, targets, more = {}) {
  return {
    id,
    name,
    description: "",
    enabled: true,
    sources,
    source_paths: sources.map(text),
    excludes: [],
    destinations: targets.map(({ destination_name }) => destination_name),
    targets,
    created_at: "2026-05-02T10:00:00Z",
    state: "protected",
    word: "Protected",
    line: "Newest copy 38 min ago",
    newest_copy_at: "2026-11-25T13:22:00Z",
    last_run: `run-${id}`,
    last_status: "SUCCESS",
    days: days(),
    ...more,
  };
}

const recent = "2026-11-25T13:22:00Z";
const nas = target("nas", "Attic NAS", recent);
const blue = target("blue", "Blue disk", "2026-11-25T04:02:00Z");
export const documents = plan("documents", "Documents", ["/home/mara/Documents", "/home/mara/Desktop"], [nas, blue], {
  description: "Contracts, certificates and what the tax office asks for",
  excludes: ["node_modules/", "*.iso", ".cache/", "/home/mara/Documents/Scans/*.tmp"],
  days: days({ 24: "PARTIAL_SUCCESS" }),
});
const photos = plan("photos", "Family photos", ["/home/mara/Pictures"], [nas, { ...blue, reach: "not_mounted" }], {
  state: "destination_missing",
  word: "Destination missing",
  line: "Blue disk, due since Monday",
  newest_copy_at: "2026-11-25T04:02:00Z",
  last_status: "PARTIAL_SUCCESS",
  days: days({ 66: "FAILED", 60: "PARTIAL_SUCCESS", 0: "PARTIAL_SUCCESS" }),
});
const music = plan("music", "Musik", ["/home/mara/Musik für Großmutters Geburtstag"], [nas], {
  enabled: false,
  state: "paused",
  word: "Paused",
  line: "Newest copy 3 weeks ago",
  newest_copy_at: "2026-11-02T20:00:00Z",
  last_status: "CANCELLED",
  days: days({ 5: "CANCELLED", 4: null, 3: null, 2: null, 1: null, 0: null }),
});
const long = plan(
  "long",
  "Vereinsunterlagen und Mitgliederverzeichnisse des Heimatvereins Niederbergkirchen von 1987 bis heute 写真アーカイブ",
  ["Protokolle", "Mitglieder", "Kassenbücher", "Fotos vom Sommerfest", "Satzung", "Archiv"].map((name) => `/srv/verein/${name}`),
  [target("long", "Großmutters alte Festplatte mit den Dias von 1974 bis 1989", "2026-11-20T09:00:00Z"), nas, blue],
  {
    state: "failed",
    word: "Failed",
    line: "No off-site copy since Sunday",
    newest_copy_at: "2026-11-22T03:00:00Z",
    last_status: "FAILED",
    days: days({ 0: "FAILED", 1: "FAILED", 2: "FAILED" }),
  },
);
const fresh = plan("fresh", "Projects", ["/home/mara/Projects"], [nas], {
  state: "warning",
  word: "Out of date",
  line: "No copy yet",
  newest_copy_at: null,
  last_run: null,
  last_status: null,
  days: days().map((day) => ({ ...day, status: null, runs: 0 })),
});

const destination = (id, name, kind, path, off_disk, free, total, more = {}) => ({
  id,
  name,
  path,
  repository: path,
  state: "ready",
  kind,
  off_disk,
  removable: kind === "usb",
  capacity_free: free * GB,
  capacity_total: total * GB,
  last_copy_at: recent,
  remote: null,
  latency_ms: null,
  monthly_cost: null,
  last_seen_at: "2026-11-25T13:58:00Z",
  plans: [],
  stored: null,
  reclaimable: null,
  measured_at: null,
  verified: null,
  ...more,
});
export const destinations = [
  destination("nas", "Attic NAS", "network", "/mnt/attic-nas/Keepstead", true, 3100, 8000),
  destination("blue", "Blue disk", "usb", "/media/mara/Blue disk/Keepstead", true, 1400, 2000, { state: "not_mounted" }),
  destination("long", "Großmutters alte Festplatte mit den Dias von 1974 bis 1989", "disk", "/mnt/alt/Keepstead", null, 12.4, 500),
  destination("own", "This computer", "system", "/home/mara/Keepstead", false, 212, 1000, { last_copy_at: null }),
];

export function run(id, status, at, more = {}) {
  return {
    id,
    kind: "backup",
    plan: "Documents",
    plan_id: "documents",
    destination: "Attic NAS",
    destination_id: "nas",
    trigger: "manual",
    status,
    queued_at: at,
    started_at: at,
    ended_at: at,
    files_total: 18_206,
    files_new: 12,
    files_changed: 4,
    files_unmodified: 18_190,
    files_skipped: 0,
    bytes_total: 41.3 * GB,
    bytes_added: 48_200_000,
    bytes_stored: 31_000_000,
    backup_id: status === "FAILED" || status === "CANCELLED" ? null : "b".repeat(64),
    verified: true,
    target: null,
    cancel_requested: false,
    progress: null,
    error: null,
    ...more,
  };
}
const ends = ["SUCCESS", "PARTIAL_SUCCESS", "SUCCESS", "FAILED", "CANCELLED"];
/** A page of runs, the newest first. */
export function runs(count, from = 0) {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(Date.UTC(2026, 10, 25, 13, 22) - (from + index) * 79_000_000).toISOString();
    return run(`run-${from + index}`, ends[(from + index) % ends.length], at);
  });
}
const runsAsked = (plan, before) =>
  `runs ${JSON.stringify({ filter: { plan, kinds: ["backup"], statuses: [], before, limit: 10 } })}`;

/** What the folders of Documents come to, by rule. */
const leaves = {
  "node_modules/": [8771, 1.9],
  "*.iso": [4, 14.2],
  ".cache/": [338, 0.6],
  "/home/mara/Documents/Scans/*.tmp": [0, 0],
};
function measured(patterns) {
  const part = (path, files, bytes, folders, newest) => ({ path: text(path), files, bytes: bytes * GB, folders, newest, missing: false });
  return {
    files: 18_206,
    bytes: 41.3 * GB,
    folders: 12,
    newest: "2026-11-25T13:48:00Z",
    parts: [
      part("/home/mara/Documents", 16_902, 38.9, 9, "2026-11-25T13:48:00Z"),
      part("/home/mara/Desktop", 1304, 2.4, 3, "2026-11-24T11:00:00Z"),
    ],
    left_out: patterns.map((pattern) => {
      const [files, gigabytes] = leaves[pattern] ?? [23, 0.0041];
      return { pattern, files, bytes: gigabytes * GB };
    }),
    unreadable: 1,
  };
}
const measureAsked = (folders, excludes) => `measure ${JSON.stringify({ slot: "plan", folders: folders.map(text), excludes })}`;
const badPattern = {
  code: "pattern",
  message: '"[a" is not a pattern.',
  hint: "In a pattern, * and ? stand for any characters of a name, ** for any folders, [ab] for one of these characters and {a,b} for one of these texts. Brackets must be closed; a backslash before a character takes its meaning away.",
};
const { sources, excludes } = documents;

const gone = { code: "no_such_plan", message: 'There is no plan "gone". Nothing was changed.', hint: "The list of plans shows which there are." };

export const full = {
  ...folders,
  plans: ok([documents, photos, music, long, fresh]),
  plan: ok(documents),
  'plan {"id":"gone"}': { error: gone },
  destinations: ok(destinations),
  [runsAsked("documents", null)]: ok(runs(10)),
  [runsAsked("documents", "run-9")]: ok(runs(4, 10)),
  measure: ok(measured(excludes)),
  [measureAsked(sources, [...excludes, "*.tmp"])]: ok(measured([...excludes, "*.tmp"])),
  [measureAsked(sources, [...excludes, "[a"])]: { error: badPattern },
  back_up: ok(["run-7"]),
  enable_plan: ok({ ...documents, enabled: false }),
  remove_plan: ok(documents),
  save_plan: ok(documents),
  run: ok(run("run-7", "RUNNING", recent, { ended_at: null })),
  skipped_reasons: ok([]),
  run_log: ok([]),
};

export const empty = { ...full, plans: ok([]), destinations: ok([]) };

const refused = (message, hint) => ({ error: { code: "store_busy", message, hint } });
const busy = refused("The database is in use by another program. Nothing was changed.", "Close other windows of Keepstead, then try again.");
export const failing = { ...full, plans: busy, plan: busy, destinations: busy, runs: busy, [runsAsked("documents", null)]: busy, measure: busy };
export const slow = { ...full, plans: "never", plan: "never", destinations: "never", measure: "never", [runsAsked("documents", null)]: "never" };

/** All is well: three plans, as on most days. */
export const calm = { ...full, plans: ok([documents, { ...photos, ...calmState() }, plan("desk", "Desk", ["/home/mara/Desktop"], [blue])]) };
function calmState() {
  return { state: "protected", word: "Protected", line: "Newest copy 10 h ago", targets: [nas, blue], last_status: "SUCCESS" };
}

/** Very many plans. */
export function many(count) {
  return { ...full, plans: ok(Array.from({ length: count }, (_, index) => ({ ...documents, id: `p${index}`, name: `Plan ${index + 1}` }))) };
}
