// What Settings turns on and off on the desktop: starting with the session, and notifications.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rename } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { windows } from "./desktop.mjs";
import { fill, home, setUp } from "./home.mjs";
import { panel } from "./tray.mjs";
import { inWindow, until } from "./webdriver.mjs";

const LOGIN = "[role=switch][aria-label='Start at login']";
const NOTIFICATIONS = "[role=switch][aria-label='Notifications']";

async function toSettings(window) {
  await window.run("location.hash = '#/settings'");
  await window.says("Start at login");
}

/** Turned on, the session starts it hidden, as its entry says; turned off, nothing is left. */
export async function startsAtLogin(program, keepstead) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  await setUp(keepstead, at, env);
  const tray = await panel();
  const entries = () => readdir(at(".config/autostart")).catch(() => []);
  const turn = async (on) => {
    await window(async (shown) => {
      await toSettings(shown);
      await shown.chooseAt(LOGIN);
      await until(`it is ${on}`, () => shown.run("return document.querySelector(arguments[0]).ariaChecked", LOGIN).then((it) => it === on));
    });
  };
  const window = (work) => inWindow(program, env, work);
  try {
    await turn("true");
    const [entry, ...more] = await entries();
    assert(entry && more.length === 0, "one entry");
    const line = /^Exec=(.+)$/m.exec(await readFile(at(".config/autostart", entry), "utf8"))[1];
    const running = spawn("sh", ["-c", `exec ${line}`], { env, stdio: "ignore" });
    await until("the icon", async () => (await tray.icons()) === 1);
    await pause(2_000);
    assert.equal(windows(), "", "it starts without its window");
    await tray.choose("Quit Keepstead");
    await once(running, "exit");
    await turn("false");
    assert.deepEqual(await entries(), []);
  } finally {
    tray.close();
    await remove();
  }
}

/** A failure is told once, until a success; a success is silent; turned off, nothing is told. */
export async function notifications(program, keepstead) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  const { run } = await setUp(keepstead, at, env);
  const tray = await panel();
  const running = spawn(program, ["--hidden"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(running, "exit");
  /** Backs up from the tray, and waits for its end. */
  const backUp = async (status) => {
    const before = run("history", "--limit", "1")[0]?.id;
    await tray.choose("Documents");
    const last = await until("the end of the run", () => {
      const [newest] = run("history", "--limit", "1");
      return newest && newest.id !== before && newest.ended_at && newest;
    });
    assert.equal(last.status, status);
    // It is told as the run ends, or a moment later.
    await pause(2_000);
    return tray.told();
  };
  const disk = (there) => rename(at(there ? "away" : "disk"), at(there ? "disk" : "away"));
  try {
    await until("the icon", async () => (await tray.icons()) === 1);
    assert.deepEqual(await backUp("SUCCESS"), []);
    await disk(false);
    const [[title, text], ...more] = await backUp("FAILED");
    assert.equal(more.length, 0);
    assert.match(`${title} ${text}`, /Documents/);
    assert.equal((await backUp("FAILED")).length, 1, "the same failure is told once");
    await disk(true);
    assert.equal((await backUp("SUCCESS")).length, 1);
    await disk(false);
    assert.equal((await backUp("FAILED")).length, 2, "a new failure is told");
    await disk(true);
    assert.equal((await backUp("SUCCESS")).length, 2);
    await tray.choose("Quit Keepstead");
    await ended;

    // Tried, and turned off.
    await inWindow(program, env, async (window) => {
      await toSettings(window);
      await window.choose("Send test");
      await until("the test", async () => (await tray.told()).length === 3);
      await window.chooseAt(NOTIFICATIONS);
      await until("off", () => window.run("return document.querySelector(arguments[0]).ariaChecked === 'false'", NOTIFICATIONS));
      await disk(false);
      assert.equal((await backUp("FAILED")).length, 3);
    });
  } finally {
    running.kill("SIGKILL");
    tray.close();
    await remove();
  }
}
