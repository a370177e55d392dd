// A run that a person pauses: it stands still, also while the window is closed, and goes on where it stood.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import { closeWindow, manager, windows } from "./desktop.mjs";
import { fill, home, setUp } from "./home.mjs";
import { panel } from "./tray.mjs";
import { inWindow, until } from "./webdriver.mjs";

/** How much lies at the destination, in bytes. */
const stored = (at) =>
  Number(execFileSync("du", ["--summarize", "--bytes", at("disk/vault/data")], { encoding: "utf8" }).split("\t")[0]);

/** That nothing more comes to the destination. */
async function standsStill(at) {
  // What was on its way arrives.
  await pause(3_000);
  const before = stored(at);
  await pause(3_000);
  assert.equal(stored(at), before, "bytes still come");
  return before;
}

export async function pausedRun(program, keepstead, restic) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  const { run, words } = await setUp(keepstead, at, env);
  assert.equal(run("run").status, "SUCCESS");
  // Enough for a run to last, of what does not compress, on a machine of any speed.
  run("settings", "limits", "--upload", "20480");
  execFileSync("dd", ["if=/dev/urandom", `of=${at("Pictures/large.raw")}`, "bs=1M", "count=400", "status=none"]);
  const tray = await panel();
  const noManager = await manager(env);
  const now = () => run("history", "--limit", "1")[0];
  const labels = async () => (await tray.labels()).join("\n");
  try {
    await inWindow(program, env, async (window) => {
      await window.run("location.hash = '#/plans'");
      await window.choose("Back up now: Documents");
      await until("the run", () => window.run("return location.hash.startsWith('#/runs/')"));
      const address = await window.run("return location.hash");
      await until("something new", () => now().progress?.bytes_moved > 0);
      await window.choose("Pause");
      await window.says("Nothing more is read or sent until you resume it.");
      const before = await standsStill(at);
      assert(before < 350_000_000, "it was paused in the middle");
      const left = "return document.querySelector('[aria-label=Progress] dd').innerText";
      assert.equal((await window.run(left)).trim(), "Paused");
      assert.match(await labels(), /paused at \d+ %/);
      assert.match(await labels(), /Resume backups/);

      // Elsewhere the bar at the foot says it.
      await window.run("location.hash = '#/destinations'");
      await window.says("Paused at ");
      assert.deepEqual([now().paused, now().status], [true, "UPLOADING"]);

      // Closed and opened again, it stands still yet.
      await closeWindow();
      await pause(1_000);
      await tray.choose("Open Keepstead");
      await until("the window", () => windows() !== "");
      assert.equal(await standsStill(at), before);
      assert.equal(now().paused, true);
      assert.match(await labels(), /paused at \d+ %/);

      // The tray lets it go on, and holds it again.
      await tray.choose("Resume backups");
      await until("more bytes", () => stored(at) > before + 4_000_000);
      await tray.choose("Pause backups");
      await standsStill(at);
      assert.equal(now().paused, true);
      assert.equal(now().id, address.replace("#/runs/", ""));
      run("settings", "limits", "--upload", "off");
      run("resume");
      await until("the end", () => now().status !== "UPLOADING" && now().status !== "RUNNING", 120);
    });
    const last = now();
    assert.deepEqual([last.status, last.verified, last.paused], ["SUCCESS", true, false]);
    const { newest_copy_at } = run("status");
    assert.equal(newest_copy_at, last.ended_at);
    const options = { env: { PATH: env.PATH, HOME: at(), RESTIC_PASSWORD: words.join(" ") } };
    execFileSync(restic, ["--no-cache", "--repo", at("disk/vault"), "check", "--read-data"], options);
  } finally {
    tray.close();
    await noManager();
    await remove();
  }
}
