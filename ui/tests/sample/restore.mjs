// Destinations with backups, and what lies in them.

const ok = (value) => ({ ok: value });

export const attic = {
  id: "attic",
  name: "Attic NAS",
  path: "/mnt/attic",
  repository: "/mnt/attic/Keepstead",
  state: "ready",
  kind: "network",
  off_disk: true,
  removable: false,
  capacity_total: 8e12,
  capacity_free: 3e12,
  last_copy_at: "2026-11-25T13:22:00Z",
  remote: null,
  latency_ms: null,
  monthly_cost: null,
  last_seen_at: "2026-11-25T13:22:00Z",
  plans: ["Family photos", "Documents"],
  stored: null,
  reclaimable: null,
  measured_at: null,
  verified: null,
};
export const blue = {
  ...attic,
  id: "blue",
  name: "Blaue Festplatte im Arbeitszimmer, 青いディスク",
  path: "/media/blue",
  state: "not_mounted",
  kind: "usb",
  removable: true,
  last_copy_at: "2026-11-23T20:00:00Z",
};

const hour = 3_600_000;

function backup(index, time, plan) {
  const id = `${plan.id}-${String(index).padStart(4, "0")}`;
  return {
    id,
    short_id: id.slice(0, 8),
    time,
    hostname: "alder",
    username: "mara",
    paths: ["/home/mara/Documents"],
    plan: plan.id,
    plan_name: plan.name,
    files: 12_000,
    bytes: 4e9,
  };
}

const documents = { id: "documents", name: "Documents" };
const photos = { id: "photos", name: "Family photos" };

/** As the program keeps them: hourly, daily, monthly; the newest first. */
export function backups() {
  const newest = Date.parse("2026-11-25T13:22:00Z");
  const ages = [
    ...Array.from({ length: 22 }, (_, n) => n * hour),
    ...Array.from({ length: 28 }, (_, n) => (n + 1) * 24 * hour + 3 * hour),
    ...Array.from({ length: 10 }, (_, n) => (n + 1) * 30.4 * 24 * hour),
  ];
  return ages.map((age, index) => backup(index, new Date(newest - age).toISOString(), index % 5 === 3 ? photos : documents));
}

export const newest = backups()[0].id;

function entry(folder, name, kind, size = 0) {
  return { path: { path: `${folder}/${name}` }, name, kind, size, modified: "2026-03-01T18:47:00Z" };
}

const docs = "/home/mara/Documents";
/** What the folders hold; `null` is the top. */
export const folders = new Map([
  [null, [entry("", "home", "folder")]],
  ["/home", [entry("/home", "mara", "folder")]],
  ["/home/mara", [entry("/home/mara", "Documents", "folder"), entry("/home/mara", "Pictures", "folder")]],
  [
    docs,
    [
      entry(docs, "House", "folder"),
      entry(docs, "Money", "folder"),
      entry(docs, "Recipes", "folder"),
      entry(docs, "学校", "folder"),
      entry(docs, "Wills and wishes.pdf", "file", 212_000),
      entry(docs, "Übersicht über alle Versicherungen der ganzen Familie, Stand Herbst 2026, zweite Fassung.pdf", "file", 1_480_000),
      entry(docs, "zu Hause", "link"),
    ],
  ],
  [
    `${docs}/Money`,
    [
      entry(`${docs}/Money`, "Bank statements", "folder"),
      entry(`${docs}/Money`, "Tax 2025", "folder"),
      entry(`${docs}/Money`, "Household budget.csv", "file", 17_600),
      entry(`${docs}/Money`, "Insurance policy.pdf", "file", 340_000),
      entry(`${docs}/Money`, "Mortgage 2026.pdf", "file", 1_200_000),
      entry(`${docs}/Money`, "Pension.pdf", "file", 96_000),
    ],
  ],
  [`${docs}/House`, []],
]);

export const preview = {
  target: { path: "/home/mara" },
  files: 32,
  folders: 2,
  others: 0,
  bytes: 41_700_000,
  conflicts: 0,
  conflict_examples: [],
  unreadable: [],
  free: 200e9,
};
export const conflicting = {
  ...preview,
  conflicts: 3,
  conflict_examples: [`${docs}/Money/Household budget.csv`, `${docs}/Money/Pension.pdf`],
};

export function folderAnswers(destination, backup, of = folders) {
  return Object.fromEntries(
    [...of].map(([path, items]) => [
      `backup_folder ${JSON.stringify({ destination, backup, path: path === null ? null : { path } })}`,
      ok(items),
    ]),
  );
}

function holding(of = folders) {
  const list = backups();
  return {
    destinations: ok([blue, attic]),
    backups: ok(list),
    ...Object.assign({}, ...list.slice(0, 12).map(({ id }) => folderAnswers("attic", id, of))),
    preview_restore: ok(preview),
    restore: ok("run-restore"),
    list_folder: ok({
      path: { path: "/home/mara" },
      name: "mara",
      parent: { path: "/home" },
      trail: [{ path: { path: "/home/mara" }, name: "mara" }],
      items: [
        { path: { path: "/home/mara/Restored" }, name: "Restored", kind: "folder", size: null, modified: null, hidden: false, readable: true },
      ],
      shortcuts: [{ path: { path: "/home/mara" }, name: "Home", kind: "home" }],
    }),
  };
}

/** A folder with this many files in it, in the one backup there is. */
export function crowded(count) {
  const many = Array.from({ length: count }, (_, index) =>
    entry(docs, `IMG_${String(index).padStart(6, "0")} ${index % 7 === 0 ? "größer" : "写真"}.jpeg`, "file", 1000 + index),
  );
  return {
    ...folderAnswers("attic", newest, new Map([...folders, [docs, many]])),
    destinations: ok([attic]),
    backups: ok(backups().slice(0, 1)),
    preview_restore: ok(preview),
  };
}

const refused = (code, message, hint) => ({ error: { code, message, hint } });

export const states = {
  full: holding(),
  empty: { destinations: ok([]) },
  noBackups: { destinations: ok([attic]), backups: ok([]) },
  away: { destinations: ok([blue]) },
  pulledOut: {
    destinations: ok([attic]),
    backups: refused("not_mounted", "Attic NAS is not here.", "Connect to it."),
  },
  failing: {
    destinations: ok([attic, blue]),
    backups: refused(
      "store_damaged",
      "An index on Attic NAS is damaged. Nothing was changed; whether the backups are whole is not known.",
      "Test the destination. Copies at other destinations are not touched by this.",
    ),
  },
  failingFolder: {
    ...holding(),
    [`backup_folder ${JSON.stringify({ destination: "attic", backup: newest, path: null })}`]: refused(
      "permission_denied",
      "This account may not read the backup. Nothing was changed.",
      "Ask the owner of Attic NAS.",
    ),
  },
  nobody: { destinations: "gone" },
  slow: { destinations: "never" },
  slowBackups: { destinations: ok([attic]), backups: "never" },
  slowFolder: {
    ...holding(),
    [`backup_folder ${JSON.stringify({ destination: "attic", backup: newest, path: null })}`]: "never",
  },
  one: { ...holding(), backups: ok(backups().slice(0, 1)) },
};
