// Runs that cannot come to their end: a destination that is full, gone or read-only, folders that are not there.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fill, home, setUp } from "./home.mjs";
import { inWindow, until } from "./webdriver.mjs";

const PILL = "return document.querySelector('aside [role=status] b').innerText";

const EFFECT = "No backup was made this time; earlier backups stay as they are.";

/** Whether this account may mount a disk, which not every root may. */
export async function mayMount() {
  const folder = await mkdtemp(join(tmpdir(), "keepstead-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "keepstead", folder], { stdio: "ignore" }).status === 0;
  if (mounted) execFileSync("umount", [folder]);
  await rmdir(folder);
  return mounted;
}

/** A small disk that is mounted as the destination; it can be plugged in and out while the program runs. */
async function disk(at, megabytes) {
  // The disk itself lies elsewhere, so that it keeps what is on it while it is away.
  const medium = await mkdtemp(join(tmpdir(), "keepstead-disk-"));
  await mkdir(at("disk"));
  const mount = (...args) => execFileSync("mount", args);
  mount("-t", "tmpfs", "-o", `size=${megabytes}m`, "keepstead", medium);
  const plugIn = () => mount("--bind", medium, at("disk"));
  const readOnly = (flag) => mount("-o", `remount,bind,${flag}`, at("disk"));
  plugIn();
  return {
    plugIn,
    pullOut: () => execFileSync("umount", ["--lazy", at("disk")]),
    grow: (to) => mount("-o", `remount,size=${to}m`, medium),
    /** Between two files only: while one is written, the system refuses. */
    writeProtect: () => {
      const script = "for try in $(seq 2000); do mount -o remount,bind,ro \"$0\" 2>/dev/null && exit 0; done; exit 1";
      execFileSync("sh", ["-c", script, at("disk")]);
    },
    release: () => readOnly("rw"),
    remove: async () => {
      spawnSync("umount", ["--lazy", at("disk")]);
      execFileSync("umount", ["--lazy", medium]);
      await rmdir(medium);
    },
  };
}

/** A home with a plan that has a copy on a disk, megabytes of new files, and the window. */
async function onDisk(program, keepstead, { megabytes, random }, work) {
  const { at, environment, remove } = await home();
  await fill(at);
  const medium = await disk(at, megabytes);
  const env = { ...process.env, ...environment };
  try {
    const { run } = await setUp(keepstead, at, env);
    assert.equal(run("run").status, "SUCCESS");
    // Enough for the next run to last, of what does not compress.
    const large = [`of=${at("Pictures/large.raw")}`, "bs=1M", `count=${random}`, "status=none"];
    execFileSync("dd", ["if=/dev/urandom", ...large]);
    await inWindow(program, env, (window) => work({ at, env, run, medium, window }));
  } finally {
    await medium.remove();
    await remove();
  }
}

/** Begins a backup of everything in the window. */
async function begin(window) {
  await window.run("location.hash = '#/plans'");
  await window.choose("Back up now: Documents");
  await until("the run", () => window.run("return location.hash.startsWith('#/runs/')"));
}

/** How many files of content the destination holds. */
async function packs(at) {
  const entries = await readdir(at("disk/vault/data"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

/** Begins a backup in the window, and waits until it stores something at the destination. */
async function beginToStore(window, at) {
  const before = await packs(at);
  await begin(window);
  await until("something new", async () => (await packs(at)) > before);
}

/** That a run failed so, in all places that say it. */
async function failed(window, run, { code, what, todo, verdict = "Failed" }) {
  await window.says("Failed: No backup was made", 60);
  await window.says(what);
  await window.says(todo);
  await until("the verdict", async () => (await window.run(PILL)) === verdict);
  const [last] = run("history", "--limit", "1");
  assert.deepEqual([last.status, last.error.code, last.backup_id], ["FAILED", code, null]);
  assert.equal(run("status").word, verdict);
}

/** That earlier copies are there, another attempt in the window succeeds, and what it stored is whole. */
async function succeeds(window, run, at, env, restic) {
  const options = { env: { PATH: env.PATH, HOME: at(), RESTIC_PASSWORD: env.KEEPSTEAD_UNLOCK }, encoding: "utf8" };
  const always = ["--no-cache", "--repo", at("disk/vault")];
  const asRestic = (...args) => execFileSync(restic, [...always, ...args], options);
  const backups = () => JSON.parse(asRestic("snapshots", "--json")).length;
  assert.equal(backups(), 1, "the earlier backup alone");
  await window.choose("Back up again");
  await window.says("Succeeded", 120);
  await window.says("its first folder was read back");
  await until("the verdict", async () => !["Failed", "Destination missing"].includes(await window.run(PILL)));
  assert.equal(run("history", "--limit", "1")[0].status, "SUCCESS");
  assert.equal(backups(), 2);
  asRestic("check", "--read-data");
}

/** A disk that is full in the middle of a run. */
export async function fullDestination(program, keepstead, restic) {
  await onDisk(program, keepstead, { megabytes: 40, random: 100 }, async ({ at, env, run, medium, window }) => {
    await begin(window);
    await failed(window, run, {
      code: "out_of_space",
      what: `There is no room left at ${at("disk/vault")}. ${EFFECT}`,
      todo: "Make room there, or use a larger disk.",
    });
    medium.grow(400);
    await succeeds(window, run, at, env, restic);
  });
}

/** A disk that is pulled out in the middle of a run. */
export async function pulledDestination(program, keepstead, restic) {
  await onDisk(program, keepstead, { megabytes: 2_000, random: 600 }, async ({ at, env, run, medium, window }) => {
    await beginToStore(window, at);
    medium.pullOut();
    await failed(window, run, {
      code: "not_mounted",
      what: `The disk or share of ${at("disk/vault")} is not there. ${EFFECT}`,
      todo: "Plug it in or mount it, then try again.",
      verdict: "Destination missing",
    });
    assert.deepEqual(await readdir(at("disk")), [], "nothing is written to where the disk was");
    medium.plugIn();
    await succeeds(window, run, at, env, restic);
  });
}

/** A disk that becomes read-only in the middle of a run. */
export async function protectedDestination(program, keepstead, restic) {
  await onDisk(program, keepstead, { megabytes: 2_000, random: 600 }, async ({ at, env, run, medium, window }) => {
    await beginToStore(window, at);
    medium.writeProtect();
    await failed(window, run, {
      code: "read_only",
      what: `${at("disk/vault")} can be read but not written. ${EFFECT}`,
      todo: "Check the switch of the disk or card, or how it is mounted.",
    });
    medium.release();
    await succeeds(window, run, at, env, restic);
  });
}

/** The lock of a run that could not remove it goes with the next run: other programs need not wait for it. */
export async function leftLock(program, keepstead) {
  await onDisk(program, keepstead, { megabytes: 2_000, random: 600 }, async ({ at, medium, window }) => {
    await beginToStore(window, at);
    medium.pullOut();
    await window.says("Failed: No backup was made", 60);
    medium.plugIn();
    await window.choose("Back up again");
    await window.says("Succeeded", 120);
    assert.deepEqual(await readdir(at("disk/vault/locks")), []);
  });
}

/** Folders that vanished after the plan was made. */
export async function vanishedSource(program, keepstead) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  try {
    const { run } = await setUp(keepstead, at, env);
    assert.equal(run("run").status, "SUCCESS");
    await rename(at("Documents"), at("elsewhere"));
    await inWindow(program, env, async (window) => {
      // One of two is gone.
      await begin(window);
      await window.says("Finished with skipped files", 20);
      await window.says("1 file was skipped; the list below says which and why. All others have a new copy.");
      await window.chooseAt("button[aria-expanded=false]");
      await window.says("It does not exist.");
      await window.says("/Documents");
      await until("the verdict", async () => (await window.run(PILL)) === "Needs attention");
      await window.run("location.hash = '#/'");
      await window.says("The newest copy of Documents lacks one file.");
      const partial = run("history", "--limit", "1")[0];
      assert.deepEqual([partial.status, partial.files_skipped], ["PARTIAL_SUCCESS", 1]);

      // Now both are.
      await rm(at("Pictures"), { recursive: true });
      await begin(window);
      await failed(window, run, {
        code: "source_missing",
        what: "None of these exists, or can be opened",
        todo: "Check the path, that its disk is mounted, and that this account may read it.",
      });

      // They are back.
      await rename(at("elsewhere"), at("Documents"));
      await mkdir(at("Pictures"));
      await window.choose("Back up again");
      await window.says("Succeeded", 20);
      await until("the verdict", async () => (await window.run(PILL)) !== "Failed");
    });
  } finally {
    await remove();
  }
}
