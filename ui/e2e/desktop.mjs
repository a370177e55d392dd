// What a desktop does with windows: finds them, manages them, lays another one over them.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

import { until } from "./webdriver.mjs";

/** Keeps the display from beginning anew, as it does when the last that showed something on it is gone; a program
 *  that starts meanwhile does not find it. */
export const hold = () => spawn("xprop", ["-spy", "-root"], { stdio: "ignore" });

function ask(...args) {
  try {
    return execFileSync("xdotool", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** The windows of the program that can be seen, one a line. */
export const windows = () => ask("search", "--onlyvisible", "--name", "^Keepstead$");

/** The window that is worked in. */
export const front = () => ask("getactivewindow", "getwindowname");

/** Closing a window is a question that a window manager asks. It answers how to end it. */
export async function manager(env) {
  const running = spawn("openbox", { env, stdio: "ignore" });
  const ended = once(running, "exit");
  await until("the window manager", () => {
    execFileSync("wmctrl", ["-m"], { env, stdio: "ignore" });
    return true;
  });
  return async () => {
    running.kill();
    await ended;
  };
}

/** Presses the cross of the program's window. */
export async function closeWindow() {
  execFileSync("wmctrl", ["-F", "-c", "Keepstead"]);
  await until("no window", () => windows() === "");
}

/** Puts the window of this title above the others. */
export const focus = (title) =>
  until(`${title} in front`, () => {
    execFileSync("wmctrl", ["-F", "-a", title]);
    return front() === title;
  });

/** Makes a window small. */
export async function minimize(window) {
  ask("windowminimize", window);
  await until("no window", () => windows() === "");
}
