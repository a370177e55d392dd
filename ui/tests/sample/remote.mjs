// Destinations on servers and in clouds: the forms of every kind, what they are told, and their cards.

import { readFileSync } from "node:fs";

import { full, plans, unmeasured } from "./frame.mjs";

const ok = (value) => ({ ok: value });
const refusal = (code, message, hint, remedy = null) => ({ error: { code, message, hint, remedy } });

/** As the program lists them; a test of the program compares the file. */
export const kinds = JSON.parse(readFileSync(new URL("kinds.json", import.meta.url), "utf8"));

const at = "2026-11-25T13:58:00Z";
const entry = (id, name, path, remote, more) => ({
  id, name, path, repository: path, remote, state: "ready", kind: "network", off_disk: true, removable: false, capacity_total: null,
  capacity_free: null, last_copy_at: at, last_seen_at: at, latency_ms: 38, monthly_cost: null, plans: [], ...unmeasured, ...more,
});
const remote = (kind, values) => {
  const { label, icon } = kinds.find(({ id }) => id === kind);
  return { kind, label, icon, preset: null, values };
};

export const bucket = entry("b1", "Bucket in Frankfurt", "okafor-backups/alder-lane at s3.eu-central-1.amazonaws.com", remote("s3", {
  endpoint: "https://s3.eu-central-1.amazonaws.com", region: "eu-central-1", access_key_id: "AKIAEXAMPLE", bucket: "okafor-backups", folder: "alder-lane", price: "0.023", addressing: "auto", conditions: "yes",
}), { stored: 61_200_000_000, reclaimable: 4_000_000_000, measured_at: at, monthly_cost: "1.41", plans: [plans[0].name] });
export const nas = entry("b2", "NAS im Keller hinter der Waschmaschine, die seit Jahren nicht mehr läuft", "/volume1/Sicherungen/Großmutters Rechner/2026/ganz unten at keller-nas.fritz.box:2222", remote("sftp", {
  host: "keller-nas.fritz.box", port: "2222", user: "großmutter", sign_in: "password", folder: "/volume1/Sicherungen", fingerprint: "SHA256:k2mUQvVn2dpYqTq3PzXl7r8Z2g2JZ9cS4u1eI0hYb6w",
}), { capacity_total: 8_000_000_000_000, capacity_free: 3_900_000_000_000, plans: plans.map(({ name }) => name) });
export const unused = entry("b3", "Nextcloud", "backups at cloud.okafor.example", remote("webdav", { url: "https://cloud.okafor.example/remote.php/dav/files/mara", user: "mara", folder: "backups" }), { last_copy_at: null, last_seen_at: null, latency_ms: null });

const tried = { place: "okafor-backups/alder-lane at s3.eu-central-1.amazonaws.com", latency_ms: 38, bytes_per_second: 9_400_000, free: null, total: null, holds: "nothing" };

export const answers = {
  ...full,
  destinations: ok([bucket, nas, unused]),
  destination_kinds: ok(kinds),
  wrong_settings: ok([]),
  try_remote: ok(tried),
  remote_choices: ok(["alder-lane", "Bilder und Dokumente der ganzen Familie seit 1987, nach Jahren", "写真"].map((label) => ({ value: `srv/${label}`, label }))),
  make_remote_folder: ok(null),
  add_remote: ok(bucket),
  change_remote: ok(bucket),
  remove_destination: ok(unused),
  test_destination: ok({ path: { path: bucket.path }, name: bucket.name, free: null, total: null, off_disk: true, removable: false, bytes_per_second: 9_400_000, latency_ms: 38, holds: "keepstead" }),
};

export const fingerprint = "SHA256:k2mUQvVn2dpYqTq3PzXl7r8Z2g2JZ9cS4u1eI0hYb6w";
/** What can be wrong, by the name of the state. */
export const troubles = {
  untrusted: { try_remote: refusal("untrusted", `backups at nas.home:22 could not prove who it is. It showed ${fingerprint}. No destination was added.`, "Compare this fingerprint with the server's own, and trust it in the destination's settings only when they are the same. If the server was trusted before and was not set up anew, somebody may be listening: nothing was sent.", { field: "fingerprint", label: "Host key fingerprint", value: fingerprint }) },
  region: { try_remote: refusal("wrong_region", "The bucket of okafor-backups at s3.us-east-1.amazonaws.com is in the region eu-central-1. No destination was added.", "Change the region in the destination's settings.", { field: "region", label: "Region", value: "eu-central-1" }) },
  refused: { try_remote: refusal("bad_credentials", "okafor-backups at s3.example.com does not accept the name, password or key. No destination was added.", "Check them in the destination's settings. Nothing is copied there until they are right.") },
  wrong: { wrong_settings: ok([{ field: "secret_access_key", label: "Secret access key", message: "This is missing." }, { field: "bucket", label: "Bucket", message: "A bucket's name has 3 to 63 small letters, digits, dots and hyphens." }, { field: "proxy", label: "Proxy", message: "This is no address of a proxy." }]) },
  slow: { try_remote: "never" },
};
/** Backups that somebody else made lie there. */
export const adopting = {
  restic: { ...answers, try_remote: ok({ ...tried, holds: "repository" }) },
  others: {
    ...answers,
    try_remote: ok({ ...tried, holds: "keepstead" }),
    add_remote: refusal("wrong_passphrase", "The backups at okafor-backups/alder-lane do not open with this passphrase. No destination was added.", "Type the words of the kit that they were made with."),
  },
};
export const many = { ...answers, remote_choices: ok(Array.from({ length: 1000 }, (_, index) => ({ value: `f${index}`, label: `Folder ${index}` }))) };
export const none = { ...answers, remote_choices: ok([]) };
export const failing = { ...answers, remote_choices: refusal("unreachable", "s3.example.com cannot be reached. The list is not complete; nothing was changed.", "Check the network, and that the server is on.") };
