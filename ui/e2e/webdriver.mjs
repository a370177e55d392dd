// The part of WebDriver that the window's tests need, over fetch.

import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Repeats `attempt` until it returns something, for at most 20 seconds. */
export async function until(what, attempt, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  let reason;
  while (Date.now() < end) {
    try {
      const found = await attempt();
      if (found) return found;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    await pause(50);
  }
  throw new Error(`waited ${seconds} s for ${what}`, { cause: reason });
}

/** The processes that this one started. */
export function children(pid) {
  try {
    return execFileSync("pgrep", ["--parent", String(pid)], { encoding: "utf8" }).trim().split("\n").map(Number);
  } catch {
    return [];
  }
}

/** Kills what may have ended already. */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has.
  }
}

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const BACKSPACE = "\uE003";

/** An XPath for something that a person would press, by what it says. */
function pressable(text) {
  const quoted = text.includes('"') ? `'${text}'` : `"${text}"`;
  const says = `normalize-space(.)=${quoted} or @aria-label=${quoted} or @title=${quoted}`;
  return `//*[self::button or self::a or self::label or @role="checkbox" or @role="radio" or @role="tab" or @role="treeitem"][${says}]`;
}

/** Opens the program's window; `close` ends the session and the driver. `clicks` counts what a hand did. */
export async function open(program, environment, args = []) {
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    env: { ...process.env, ...environment, TAURI_WEBVIEW_AUTOMATION: "true" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const failed = new Promise((_, reject) => driver.once("error", reject));

  async function call(method, path, body) {
    const response = await Promise.race([
      failed,
      fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(60_000),
      }),
    ]);
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  }

  /** Ends the driver and what it started: a program that stays without its window would answer the next start. */
  async function end() {
    const ended = () => children(driver.pid).length === 0;
    await until("the end of the program", ended, 5).catch(() => {
      for (const child of children(driver.pid)) kill(child);
    });
    await until("the end of the killed program", ended);
    driver.kill();
  }

  try {
    await until("the driver", () => call("GET", "/status"));
    const { sessionId } = await call("POST", "/session", {
      capabilities: {
        alwaysMatch: {
          browserName: "wry",
          "webkitgtk:browserOptions": { binary: program, args },
        },
      },
    });
    const session = `/session/${sessionId}`;
    const find = async (using, value) => {
      const found = await call("POST", `${session}/element`, { using, value });
      return `${session}/element/${found[ELEMENT]}`;
    };
    // What the driver started; what holds the window may be a child of it.
    const [pid] = children(driver.pid);
    let clicks = 0;
    const press = async (using, value, what) => {
      await until(what, async () => {
        await call("POST", `${await find(using, value)}/click`, {});
        return true;
      });
      clicks += 1;
    };
    const says = (text) =>
      call("POST", `${session}/execute/sync`, {
        script: "return document.body.innerText.includes(arguments[0])",
        args: [text],
      });
    return {
      pid,
      /** Waits until the program that was started has ended. */
      ended: (seconds) => until("the end of the program", () => !children(driver.pid).includes(pid), seconds),
      clicks: () => clicks,
      /** Presses what says this. */
      choose: (text) => press("xpath", pressable(text), `“${text}” to press`),
      chooseAt: (selector) => press("css selector", selector, `${selector} to press`),
      type: async (selector, text) => {
        const element = await until(selector, () => find("css selector", selector));
        await call("POST", `${element}/value`, { text });
      },
      /** Types over what stands in a field. */
      retype: async (selector, text) => {
        const element = await until(selector, () => find("css selector", selector));
        const length = await call("POST", `${session}/execute/sync`, {
          script: "return document.querySelector(arguments[0]).value.length",
          args: [selector],
        });
        await call("POST", `${element}/value`, { text: BACKSPACE.repeat(length) + text });
      },
      /** Waits until the window says this. */
      says: (text, seconds) => until(`“${text}”`, () => says(text), seconds),
      /** Whether the window says this now. */
      saysNow: (text) => says(text),
      title: () => call("GET", `${session}/title`),
      run: (script, ...args) => call("POST", `${session}/execute/sync`, { script, args }),
      /** A script that says by itself when it is done: its last argument is called with what it found. */
      async: (script, ...args) => call("POST", `${session}/execute/async`, { script, args }),
      resize: (width, height) => call("POST", `${session}/window/rect`, { width, height }),
      /** Presses keys one after another; those in a list together. */
      press: (...keys) =>
        call("POST", `${session}/actions`, {
          actions: [
            {
              type: "key",
              id: "keyboard",
              actions: keys.flatMap((key) => {
                const together = [key].flat();
                return [
                  ...together.map((value) => ({ type: "keyDown", value })),
                  ...together.toReversed().map((value) => ({ type: "keyUp", value })),
                ];
              }),
            },
          ],
        }),
      /** Ends the session, which kills the program where it still runs. */
      close: async () => {
        await call("DELETE", session).catch(() => {});
        await end();
      },
    };
  } catch (error) {
    await end().catch(() => {});
    throw error;
  }
}

/** Does something with a window, closes it, and where that fails tells what the window said. */
export async function inWindow(program, environment, work) {
  const window = await open(program, environment);
  try {
    return await work(window);
  } catch (error) {
    const seen = await window.run("return document.body.innerText").catch(() => "no window");
    throw new Error(`the window says:\n${seen}`, { cause: error });
  } finally {
    await window.close();
  }
}
