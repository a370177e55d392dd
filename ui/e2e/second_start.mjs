// Starting the program although it runs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

import { focus, front, manager, minimize, windows } from "./desktop.mjs";
import { fill, home } from "./home.mjs";
import { inWindow, until } from "./webdriver.mjs";
import { toPlaces } from "./welcome.mjs";

/** It brings the window that is there to the front, as it is, and ends. */
export async function secondStart(program) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  const noManager = await manager(env);
  const cover = spawn("xmessage", ["-geometry", "1900x1000+0+0", "-title", "Cover", "over it"], { stdio: "ignore" });
  try {
    await inWindow(program, env, async (window) => {
      await toPlaces(window);
      const there = await until("the window", windows);
      assert.match(there, /^\d+$/, "one window");
      for (const hide of [() => focus("Cover"), () => minimize(there)]) {
        await hide();
        assert.notEqual(front(), "Keepstead");
        const second = spawn(program, [], { env, stdio: "ignore" });
        const [code] = await once(second, "exit");
        assert.equal(code, 0);
        await until("the window in front", () => front() === "Keepstead");
        assert.equal(windows(), there, "the same window, and no other");
        assert(await window.saysNow("Where should the copies go?"), "the window is where it was");
      }
    });
  } finally {
    cover.kill();
    await noManager();
    await remove();
  }
}
