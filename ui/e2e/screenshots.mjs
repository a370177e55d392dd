// Takes the pictures in docs/screenshots from the real window, in light and dark:
//
//   dbus-run-session -- xvfb-run -a -s "-screen 0 1400x900x24" node ui/e2e/screenshots.mjs PROGRAM COMMAND-LINE
//
// It needs ImageMagick, and root: the home of a person who is not there is made for it, with two
// disks in compressed memory (zram), and removed again.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { windows } from "./desktop.mjs";
import { exists, home } from "./home.mjs";
import { open, until } from "./webdriver.mjs";

const [program, keepstead] = process.argv.slice(2);
assert(program && keepstead, "which program, which command line?");
process.env.KEEPSTEAD_KEYCHAIN = "off";

const pictures = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const PERSON = "/home/anna";
const DISKS = ["/media/anna/Backup disk", "/media/anna/Attic disk"];
for (const folder of [PERSON, "/media/anna"]) assert(!(await exists(folder)), `${folder} is somebody’s`);

const at = (...parts) => join(PERSON, ...parts);
const { environment: base, remove } = await home();
await remove();
const environment = {
  ...base,
  HOME: PERSON,
  XDG_CACHE_HOME: at(".cache"),
  XDG_CONFIG_HOME: at(".config"),
  XDG_DATA_HOME: at(".local/share"),
};
const env = { ...process.env, ...environment };

/** Files of some size that take no time to make. */
async function files(folder, names, bytes) {
  await mkdir(at(folder), { recursive: true });
  for (const [number, name] of names.entries()) {
    await writeFile(at(folder, name), `${folder}/${name}`);
    await truncate(at(folder, name), bytes + number * 7919);
  }
}

/** The numbers of the disks that are in. */
const plugged = [];

/** A disk of its own, as the kernel sees it, of so many GB. */
function plugIn(disk, gigabytes) {
  const number = readFileSync("/sys/class/zram-control/hot_add", "utf8").trim();
  plugged.push(number);
  writeFileSync(`/sys/block/zram${number}/disksize`, `${gigabytes}G`);
  execFileSync("mkfs.ext4", ["-q", `/dev/zram${number}`]);
  execFileSync("mkdir", ["-p", disk]);
  execFileSync("mount", [`/dev/zram${number}`, disk]);
}

function pullOut(number) {
  spawnSync("umount", [`/dev/zram${number}`]);
  writeFileSync("/sys/class/zram-control/hot_remove", number);
}

async function fillHome() {
  const many = (count, name) => Array.from({ length: count }, (_, number) => name(number));
  await files("Documents", ["Letter to the landlord.odt", "Passport scan.pdf", "Recipes.md"], 48_000);
  await files("Documents/Insurance", ["Household policy 2026.pdf", "Liability policy.pdf"], 310_000);
  await files("Documents/Taxes 2025", ["Income statement.pdf", "Receipts.csv", "Tax return.pdf"], 150_000);
  await files("Documents/Warranties", ["Dishwasher.pdf", "Heat pump.pdf", "Washing machine.pdf"], 220_000);
  await files("Pictures/2025 Summer", many(60, (number) => `IMG_${4800 + number}.jpg`), 3_400_000);
  await files("Pictures/2026 Garden", many(34, (number) => `IMG_${6100 + number}.jpg`), 2_900_000);
  await files("Videos", ["First steps.mp4"], 140_000_000);
  await mkdir(at("Downloads"));
}

/** The picture of what the window shows now, in both themes. */
async function take(window, name) {
  for (const theme of ["light", "dark"]) {
    await window.async(
      `const [theme, done] = arguments;
       document.documentElement.dataset.theme = theme;
       document.activeElement?.blur();
       setTimeout(done, 400);`,
      theme,
    );
    const id = windows().split("\n")[0];
    execFileSync("import", ["-window", id, "-strip", join(pictures, `${name}-${theme}.png`)]);
  }
}

/** Runs the command line. */
function run(...args) {
  const ended = spawnSync(keepstead, [...args, "--json"], { env, encoding: "utf8" });
  assert([0, 3].includes(ended.status), `${args.join(" ")}: ${ended.stderr}`);
  return JSON.parse(ended.stdout.trim().split("\n").at(-1));
}

async function welcome() {
  const window = await open(program, environment);
  await window.resize(1280, 800);
  await window.says("What should be kept safe?");
  await window.says("MB");
  await take(window, "welcome-what");
  await window.choose("Continue");
  await window.says("Where should the copies go?");
  await window.choose("This computer’s own disk");
  await window.says("Writes ");
  await take(window, "welcome-where");
  await window.choose("Continue");
  await until("the words", () => window.run("return document.querySelectorAll('main ol li').length === 8"));
  await take(window, "welcome-kit");
  await window.close();
}

async function locked() {
  const { KEEPSTEAD_UNLOCK: _, ...without } = environment;
  const window = await open(program, without);
  await window.resize(1280, 800);
  await window.says("words");
  await take(window, "locked");
  await window.close();
}

async function inUse() {
  const window = await open(program, environment);
  await window.resize(1280, 800);
  const go = (to) => window.run("location.hash = arguments[0]", `#${to}`);
  await window.says("Protected").catch(async (cause) => {
    throw new Error(`the window says: ${await window.run("return document.body.innerText")}`, { cause });
  });
  await take(window, "overview");
  await go("/plans");
  await window.says("Photos and videos");
  await take(window, "plans");
  const plan = run("plan", "list").find(({ name }) => name === "Documents").id;
  await go(`/plans/${plan}`);
  await window.says("Documents");
  await take(window, "plan");
  await go("/destinations");
  await window.says("Attic disk");
  await take(window, "destinations");
  await go("/activity");
  await window.says("read back");
  await take(window, "activity");
  await go("/settings");
  await window.says("Recovery kit");
  await take(window, "settings");
  await go("/restore");
  await window.chooseAt("[role=treeitem] [data-box]");
  await window.says("Keep both");
  await take(window, "restore");
  // A run that takes long enough to be seen.
  execFileSync("dd", ["if=/dev/urandom", `of=${at("Videos/Birthday.mp4")}`, "bs=1M", "count=2000", "status=none"]);
  await go("/");
  await window.choose("Back up now");
  const working = await until("the run", () => run("history", "--limit", "6").find(({ progress, plan }) => plan?.startsWith("Photos") && progress));
  await go(`/runs/${working.id}`);
  await until("half of it", () => window.run("return /\\b[3-7]\\d ?%/.test(document.body.innerText)"), 60);
  await take(window, "run");
  await window.close();
}

async function broken() {
  const database = at(".local/share/keepstead/keepstead.db");
  for (const companion of ["-wal", "-shm"]) await rm(`${database}${companion}`, { force: true });
  await writeFile(database, Buffer.alloc(20_000, 7));
  const window = await open(program, environment);
  await window.resize(1280, 800);
  await window.says("database");
  await take(window, "broken");
  await window.close();
}

const manager = spawn("openbox", { env, stdio: "ignore" });
try {
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  await fillHome();
  await welcome();
  environment.KEEPSTEAD_UNLOCK = env.KEEPSTEAD_UNLOCK = run("kit", "create").words.join(" ");
  for (const [number, disk] of DISKS.entries()) plugIn(disk, 120 * (number + 1));
  run("destination", "add", `${DISKS[0]}/Keepstead`, "--name", "Backup disk");
  run("destination", "add", `${DISKS[1]}/Keepstead`, "--name", "Attic disk");
  const both = ["--to", "Backup disk", "--to", "Attic disk"];
  run("plan", "add", "Documents", "--source", at("Documents"), ...both);
  run("plan", "add", "Photos and videos", "--source", at("Pictures"), "--source", at("Videos"), ...both);
  await writeFile(at("words"), environment.KEEPSTEAD_UNLOCK);
  run("kit", "confirm", "--words-file", at("words"));
  await rm(at("words"));
  run("run");
  await locked();
  await inUse();
  await broken();
} finally {
  manager.kill();
  for (const device of plugged) pullOut(device);
  await rm("/media/anna", { recursive: true, force: true });
  await rm(PERSON, { recursive: true, force: true });
}
