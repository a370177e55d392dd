// The part of WebDriver that the window's tests need, over fetch.

import { spawn } from "node:child_process";
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
export async function until(what, attempt) {
  const end = Date.now() + 20_000;
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
  throw new Error(`waited 20 s for ${what}`, { cause: reason });
}

/** Opens the program's window; `close` ends it and the driver. */
export async function open(program, environment) {
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
        signal: AbortSignal.timeout(20_000),
      }),
    ]);
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  }

  try {
    await until("the driver", () => call("GET", "/status"));
    const { sessionId } = await call("POST", "/session", {
      capabilities: {
        alwaysMatch: {
          browserName: "wry",
          "webkitgtk:browserOptions": { binary: program, args: [] },
        },
      },
    });
    const session = `/session/${sessionId}`;
    return {
      title: () => call("GET", `${session}/title`),
      run: (script, ...args) => call("POST", `${session}/execute/sync`, { script, args }),
      resize: (width, height) => call("POST", `${session}/window/rect`, { width, height }),
      press: (...keys) =>
        call("POST", `${session}/actions`, {
          actions: [
            {
              type: "key",
              id: "keyboard",
              actions: keys.flatMap((value) => [
                { type: "keyDown", value },
                { type: "keyUp", value },
              ]),
            },
          ],
        }),
      close: async () => {
        await call("DELETE", session).catch(() => {});
        driver.kill();
      },
    };
  } catch (error) {
    driver.kill();
    throw error;
  }
}
