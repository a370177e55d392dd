// A destination is verified and cleaned up in the window: sound, damaged, sound again, and freed of what nothing needs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { fill, home, setUp } from "./home.mjs";
import { inWindow, until } from "./webdriver.mjs";

const PILL = "return document.querySelector('aside [role=status] b').innerText";
/** What does not compress, and is deleted later. */
const MEGABYTES = 20;

/** The largest file that holds contents of backups. */
async function largest(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, path, name }) => join(parentPath ?? path, name));
  const sizes = await Promise.all(files.map(async (file) => ({ file, size: (await stat(file)).size })));
  return sizes.sort((one, other) => other.size - one.size)[0].file;
}

/** Turns one byte in the middle of a file over, or back. */
async function flip(file) {
  const { mode } = await stat(file);
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] ^= 0x01;
  await chmod(file, 0o600);
  await writeFile(file, bytes);
  await chmod(file, mode & 0o777);
}

const address = (window) => window.run("return location.hash");

/** Waits until the window shows another run than it did. */
const runAfter = (window, before) =>
  until("the run", async () => {
    const now = await address(window);
    return now.startsWith("#/runs/") && now !== before;
  });

/** Verifies everything, from the card of the destination. */
async function verify(window) {
  await window.run("location.hash = '#/destinations'");
  await window.choose("Verify now: Disk");
  await window.says("Proves that every backup can be restored, to the last byte.");
  await window.choose("Verify");
  await runAfter(window, "");
}

/** Asks from the card what a clean-up would do. */
async function lookThrough(window) {
  await window.run("location.hash = '#/destinations'");
  await window.choose("More for Disk");
  await window.chooseAt("[role=menuitem]:nth-of-type(2)");
}

export async function upkeptDestination(program, keepstead, restic) {
  const { at, environment, remove } = await home();
  await fill(at);
  const large = at("Pictures/large.raw");
  execFileSync("dd", ["if=/dev/urandom", `of=${large}`, "bs=1M", `count=${MEGABYTES}`, "status=none"]);
  const env = { ...process.env, ...environment };
  try {
    const { run, words } = await setUp(keepstead, at, env);
    assert.equal(run("run").status, "SUCCESS");
    const options = { env: { PATH: env.PATH, HOME: at(), RESTIC_PASSWORD: words.join(" ") }, encoding: "utf8" };
    const asRestic = (...args) => execFileSync(restic, ["--no-cache", "--repo", at("disk/vault"), ...args], options);
    const backups = () => JSON.parse(asRestic("snapshots", "--json"));
    const last = () => run("history", "--limit", "1")[0];

    await inWindow(program, env, async (window) => {
      await window.run("location.hash = '#/destinations'");
      await window.says("Last verification\nNever");

      // Sound, and the card says so.
      await verify(window);
      await window.says("Succeeded", 60);
      await window.says("1 backup is sound: all ");
      const sound = last();
      assert.deepEqual([sound.kind, sound.status], ["verify", "SUCCESS"]);
      assert.deepEqual([sound.result.depth, sound.result.errors, sound.result.backups], ["everything", 0, 1]);
      assert.equal(sound.result.bytes_read, sound.result.bytes);
      await window.run("location.hash = '#/destinations'");
      await window.says("Sound");
      await window.says("Everything was read");
      assert(!(await window.saysNow("Not measured yet")));

      // One byte is another: everything says that backups are damaged.
      const pack = await largest(at("disk/vault/data"));
      await flip(pack);
      await verify(window);
      await window.says("Failed: Backups are damaged", 60);
      await window.says("What was found");
      const damagedRun = await address(window);
      await until("the verdict", async () => (await window.run(PILL)) === "Damaged");
      assert.deepEqual([last().status, last().error.code], ["FAILED", "damaged"]);
      assert.equal(run("status").word, "Damaged");
      await window.run("location.hash = '#/destinations'");
      await window.says("Damaged");
      await window.run("location.hash = '#/'");
      await window.says("Backups on Disk are damaged, so it is not certain that all of Documents can be restored from there.");
      await window.choose("See what happened");
      await until("the run", async () => (await address(window)) === damagedRun);

      // Mended, it is so only once that is proved.
      await flip(pack);
      assert.equal(run("status").word, "Damaged");
      await window.choose("Verify again");
      await runAfter(window, damagedRun);
      await window.says("1 backup is sound: all ", 60);
      await until("the verdict", async () => (await window.run(PILL)) !== "Damaged");

      // A file and the backup with it go; what is left of it needs nobody.
      await rm(large);
      await window.run("location.hash = '#/plans'");
      await window.choose("Back up now: Documents");
      await window.says("its first folder was read back", 60);
      const [oldest, newest] = backups().sort((one, other) => (one.time < other.time ? -1 : 1));
      asRestic("forget", oldest.id);
      await lookThrough(window);
      await window.says(" can be freed", 60);
      await window.says("Its backup stays.");
      await window.says(" is only marked now and waits for 24 h");
      await window.choose("Cancel");
      assert.notEqual(last().kind, "prune", "looking does nothing");
      await lookThrough(window);
      await window.choose("Clean up");
      await runAfter(window, "");
      await window.says("Succeeded", 60);
      await window.says("Nothing was deleted yet.");
      await window.says("Every backup is as it was.");
      const cleaned = last();
      assert.deepEqual([cleaned.kind, cleaned.status], ["prune", "SUCCESS"]);
      assert(cleaned.result.bytes_waiting >= MEGABYTES * 1e6, JSON.stringify(cleaned.result));
      assert.deepEqual(backups().map(({ id }) => id), [newest.id]);
      asRestic("check", "--read-data");

      // What waits is not offered again.
      await lookThrough(window);
      await window.says("Nothing can be freed yet", 60);
      await window.choose("Close");
    });
  } finally {
    await remove();
  }
}
