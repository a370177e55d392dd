// What the three steps are told.

import { folders } from "./folders.mjs";
import * as remote from "./remote.mjs";

const ok = (value) => ({ ok: value });
const text = (path) => ({ path });
const GB = 1_000_000_000;

export const words = ["copper", "lantern", "orchard", "ribbon", "meadow", "anvil", "harbour", "thistle"];

const notSetUp = {
  version: "1.2.3",
  backup_format: 2,
  phase: "not_set_up",
  problem: null,
  keychain: null,
  data_folder: text("/home/mara/.local/share/keepstead"),
};

const suggested = [
  ["Documents", "documents", true],
  ["Desktop", "desktop", true],
  ["Pictures", "pictures", true],
  ["Musik für Großmutters Geburtstag", "music", false],
  ["Videos", "videos", false],
].map(([name, kind, chosen]) => ({ path: text(`/home/mara/${name}`), name, kind, chosen }));

const sizes = {
  Documents: [16_902, 38.9],
  Pictures: [64_812, 612],
  Desktop: [1304, 2.4],
  Videos: [318, 48.2],
  "Musik für Großmutters Geburtstag": [2041, 9.7],
};

function measured(path, files, gigabytes) {
  const bytes = gigabytes * GB;
  const newest = "2026-11-25T13:48:00Z";
  const part = { path: text(path), files, bytes, folders: 9, newest, missing: false };
  return { files, bytes, folders: 9, newest, parts: [part], left_out: [], unreadable: 0 };
}
const measure = (path) => `measure ${JSON.stringify({ slot: "welcome", folders: [text(path)], excludes: [] })}`;
const measures = Object.fromEntries(
  Object.entries(sizes).map(([name, [files, gigabytes]]) => [measure(`/home/mara/${name}`), ok(measured(`/home/mara/${name}`, files, gigabytes))]),
);

const place = (name, kind, path, free, total, off_disk, writable = true) => ({
  path: text(path),
  name,
  kind,
  free: free * GB,
  total: total * GB,
  removable: kind === "usb",
  off_disk,
  writable,
  destination: null,
});
export const blueDisk = "/media/mara/Blue disk/Keepstead";
const places = [
  place("Blue disk", "usb", blueDisk, 1400, 2000, true),
  place("Attic NAS", "network", "/mnt/attic-nas/Keepstead", 3100, 8000, true),
  place("Großmutters alte Festplatte mit den Dias von 1974 bis 1989", "disk", "/mnt/alt/Keepstead", 12.4, 500, null),
  place("Camera card", "usb", "/media/mara/EOS_DIGITAL/Keepstead", 4.1, 32, true, false),
  place("This computer’s own disk", "system", "/home/mara/Keepstead", 212, 1000, false),
];
const tryPlace = (path) => `try_place ${JSON.stringify({ path: text(path) })}`;
const tried = (found, speed, holds = "nothing") => {
  const { path, name, free, total, off_disk, removable } = found;
  return ok({ path, name, free, total, off_disk, removable, bytes_per_second: speed * 1_000_000, latency_ms: null, holds });
};
const readOnly = {
  code: "read_only",
  message: "Camera card is read-only. Nothing was written to it.",
  hint: "Slide the card’s lock up, or choose another place.",
};
const homeFolder = place("mara", "folder", "/home/mara", 212, 1000, false);

/** What the form of a server or a cloud is told. */
const { destination_kinds, wrong_settings, try_remote, remote_choices, make_remote_folder } = remote.answers;
/** A server that says how much room it has. */
export const roomy = ok({ ...try_remote.ok, place: "/volume1/Sicherungen/Großmutters Rechner/2026 at keller-nas.fritz.box:2222", latency_ms: 4, bytes_per_second: 61_000_000, free: 3_900 * GB, total: 8_000 * GB });
/** What can be wrong with one. */
export const { kinds, troubles: remoteTroubles } = remote;

const begun = { plan: "plan-1", runs: ["run-1"], notes: [] };

/** A computer with folders, disks and a share. */
export const full = {
  ...folders,
  app_state: ok(notSetUp),
  suggested_folders: ok(suggested),
  ...measures,
  measure: ok(measured("/home/mara/Documents/House", 5210, 11.2)),
  places: ok(places),
  [tryPlace(blueDisk)]: tried(places[0], 118),
  [tryPlace("/mnt/attic-nas/Keepstead")]: "never",
  [tryPlace("/mnt/alt/Keepstead")]: tried(places[2], 31, "keepstead"),
  [tryPlace("/media/mara/EOS_DIGITAL/Keepstead")]: { error: readOnly },
  [tryPlace("/home/mara/Keepstead")]: tried(places[4], 940),
  [tryPlace("/home/mara")]: tried(homeFolder, 940, "other_files"),
  destination_kinds,
  wrong_settings,
  try_remote,
  remote_choices,
  make_remote_folder,
  new_kit: ok({ words, questions: [2, 6] }),
  save_kit: ok(text("/home/mara/Downloads/Keepstead recovery kit.pdf")),
  show_kit: ok(null),
  begin: ok(begun),
};

/** A computer with no usual folder and no other disk. */
export const empty = {
  ...full,
  suggested_folders: ok([]),
  places: ok(places.slice(-1)),
};

const refused = (message, hint) => ({ error: { code: "internal", message, hint } });
export const failing = {
  ...full,
  suggested_folders: refused("The home folder cannot be read.", "Check who may read it, then try again."),
  places: refused("The list of disks cannot be read.", "Try again in a moment."),
  destination_kinds: refused("What can be reached cannot be listed.", "Try again in a moment."),
  new_kit: refused("No random numbers are to be had from this computer.", "Start it anew, then try again."),
};

export const slow = {
  ...full,
  suggested_folders: "never",
  places: "never",
  new_kit: "never",
};

/** Documents are counted, pictures are not yet. */
export const counting = { ...full, [measure("/home/mara/Pictures")]: "never" };

/** The answer to a start that works, with something to know. */
export const begunWithNotes = ok({
  ...begun,
  notes: [
    "This computer has no keychain. Keepstead asks for the eight words each time it starts.",
    "Attic NAS did not answer. It is in the plan, and is tried again with the next backup.",
  ],
});
