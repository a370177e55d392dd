// The program without its window: the tray, a second start, starting with the session, quitting.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";

import { windows } from "./desktop.mjs";
import { exists, fill, home, setUp } from "./home.mjs";
import { panel } from "./tray.mjs";
import { until } from "./webdriver.mjs";

/** `whole`: window and tray in one process, as on systems other than Linux. */
export async function presence(program, keepstead, { whole = false } = {}) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment, ...(whole && { KEEPSTEAD_ONE_PROCESS: "1" }) };
  const { run } = await setUp(keepstead, at, env);
  const tray = await panel();
  // Closing a window is a question that a window manager asks.
  const manager = spawn("openbox", { env, stdio: "ignore" });
  const running = spawn(program, ["--hidden"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(running, "exit");
  try {
    await until("the icon", async () => (await tray.icons()) === 1);
    const labels = async () => (await tray.labels()).join("\n");
    await until("the verdict", async () => /no copy yet/.test(await labels()));
    assert.equal(windows(), "", "hidden means hidden");

    // A backup from the tray, while no window is there.
    await tray.choose("Documents");
    await until("the backup", () => run("status").newest_copy_at !== null, 60);
    await until("the tray's verdict", async () => {
      const said = run("status");
      return (await labels()).startsWith(`${said.word}: ${said.line}`);
    });

    // A second start brings the window, and ends.
    const second = spawn(program, [], { env, stdio: "ignore" });
    const [code] = await once(second, "exit");
    assert.equal(code, 0);
    await until("the window", () => windows() !== "");
    // Closed, the program goes on; its web view is gone, and the window's process with it.
    const children = () => {
      const found = spawnSync("ps", ["-o", "comm=", "--ppid", String(running.pid)], { encoding: "utf8" });
      return found.stdout.split("\n").filter(Boolean);
    };
    const views = () => children().filter((name) => !whole || name.startsWith("WebKitWeb"));
    await until("the web view", () => views().length > 0);
    execFileSync("wmctrl", ["-F", "-c", "Keepstead"]);
    await until("no window", () => windows() === "");
    assert.equal(running.exitCode, null);
    await until("no web view", () => views().length === 0);
    await tray.choose("Open Keepstead");
    await until("the window again", () => windows() !== "");

    // The command line does its work while the window is open, and only one of them does.
    await writeFile(at("Documents/new.txt"), "new");
    assert.equal(run("run").status, "SUCCESS");

    // Mid-run: finish, then quit.
    execFileSync("dd", ["if=/dev/urandom", `of=${at("Pictures/large.raw")}`, "bs=1M", "count=1500", "status=none"]);
    await tray.choose("All plans");
    await tray.choose("Finish, then quit");
    await ended;
    assert.equal(running.exitCode, 0);
    const last = run("history", "--limit", "1");
    assert.equal(last[0].status, "SUCCESS");
    assert.equal(windows(), "");

    // Starting with the session is off until it is asked for.
    assert(!(await exists(at(".config/autostart/Keepstead.desktop"))));
  } finally {
    running.kill("SIGKILL");
    manager.kill();
    tray.close();
    await remove();
  }
}

/** Quit in the middle: what was under way is closed, and taken up by the next start. */
export async function quitMidRun(program, keepstead) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  const { run } = await setUp(keepstead, at, env);
  // Enough for a run to last, of what does not compress.
  execFileSync("dd", ["if=/dev/urandom", `of=${at("Pictures/large.raw")}`, "bs=1M", "count=1500", "status=none"]);
  const tray = await panel();
  const start = () => spawn(program, ["--hidden"], { env, stdio: ["ignore", "ignore", "inherit"] });
  let running = start();
  try {
    await until("the icon", async () => (await tray.icons()) === 1);
    await tray.choose("All plans");
    await tray.choose("Quit now, resume later");
    await once(running, "exit");
    const [again, stopped] = run("history", "--limit", "2");
    assert.equal(stopped.status, "FAILED");
    assert.equal(stopped.error.code, "interrupted");
    assert.deepEqual([again.status, again.trigger], ["PENDING", "resume"]);
    running = start();
    await until("the taken-up run", () => run("history", "--limit", "1")[0].status === "SUCCESS", 120);
    assert.equal(await readFile(at("disk/vault/config")).then((bytes) => bytes.length > 0), true);
    await tray.choose("Quit Keepstead");
    await once(running, "exit");
  } finally {
    running.kill("SIGKILL");
    tray.close();
    await remove();
  }
}
