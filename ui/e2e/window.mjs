// Drives the real program's window: node ui/e2e/window.mjs PROGRAM [FOLDER FOR PICTURES]

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { open, until } from "./webdriver.mjs";

const [program, pictures] = process.argv.slice(2);
assert(program, "which program?");
const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url)));

// Homes of its own: nothing that this machine's Keepstead keeps is read or changed.
const home = await mkdtemp(join(tmpdir(), "keepstead-window-"));
const environment = {
  HOME: home,
  XDG_CACHE_HOME: join(home, "cache"),
  XDG_CONFIG_HOME: join(home, "config"),
  XDG_DATA_HOME: join(home, "data"),
  GDK_BACKEND: "x11",
  LIBGL_ALWAYS_SOFTWARE: "1",
  NO_AT_BRIDGE: "1",
  WEBKIT_DISABLE_DMABUF_RENDERER: "1",
};

const [TAB, ENTER, RIGHT] = ["\uE004", "\uE007", "\uE014"];
const ground = "return getComputedStyle(document.body).backgroundColor";

async function check(window) {
  await until("the first picture", () => window.run("return document.querySelector('h1')?.innerText"));
  assert.equal(await window.title(), "Keepstead");

  // One verdict, in both places where it is shown.
  assert.equal(await window.run("return document.querySelector('h1').innerText"), "Not read here");
  assert.match(await window.run("return document.querySelector('aside').innerText"), /Not read here/);

  // The version comes through a real command of the program.
  await until("the program's version", async () =>
    (await window.run("return document.querySelector('aside').innerText")).includes(`Version ${version}`),
  );

  // The content security policy holds in this build.
  const refused = "try { return new Function('return \"ran\"')() } catch (error) { return error.name }";
  assert.equal(await window.run(refused), "EvalError");
  const remote = "return fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)";
  assert.equal(await window.run(remote), "TypeError");
  const forbidden = `return window.__TAURI_INTERNALS__.invoke("plugin:window|set_title", { value: "x" })
    .then(() => "allowed", (error) => String(error))`;
  assert.match(await window.run(forbidden), /not allowed/);

  // Nothing is wider than the window, and the fonts are the bundled ones.
  for (const [width, height] of [[1280, 800], [1024, 700], [720, 520]]) {
    await window.resize(width, height);
    const overflow = "return document.documentElement.scrollWidth - innerWidth";
    assert.equal(await window.run(overflow), 0, `${width} × ${height} scrolls sideways`);
  }
  assert(await window.run("return document.fonts.check('14px \"Inter Variable\"')"));

  // To the settings and to the appearance, by keyboard alone.
  await window.run("document.activeElement?.blur()");
  await until("the settings to have focus", async () => {
    await window.press(TAB);
    return window.run("return document.activeElement.getAttribute('href')?.endsWith('#/settings') ?? false");
  });
  await window.press(ENTER);
  await until("the settings", () =>
    window.run("return document.querySelector('h1')?.innerText === 'Settings'"),
  );
  await until("the program's version among them", () =>
    window.run("return document.querySelector('main').innerText.includes(arguments[0])", version),
  );
  for (const theme of ["light", "dark"]) {
    const before = await window.run(ground);
    await window.run("document.activeElement?.blur()");
    await until("the appearance to have focus", async () => {
      await window.press(TAB);
      return window.run("return document.activeElement.name === 'theme'");
    });
    await window.press(RIGHT);
    await until(`the ${theme} theme`, () =>
      window.run("return document.documentElement.dataset.theme === arguments[0]", theme),
    );
    if (theme === "dark") assert.notEqual(await window.run(ground), before);
    if (pictures) await take(window, theme);
  }
}

// With ImageMagick: the driver's own screenshots do not return without a compositor.
async function take(window, theme) {
  await mkdir(pictures, { recursive: true });
  for (const [width, height] of [[1280, 800], [1024, 700], [720, 520]]) {
    await window.resize(width, height);
    await pause(500);
    const area = ["-window", "root", "-crop", `${width}x${height}+0+0`];
    execFileSync("import", [...area, join(pictures, `settings-${theme}-${width}.png`)]);
  }
}

const window = await open(program, environment);
try {
  await check(window);
  console.log("The window opens, shows its verdict and version, and refuses what it must.");
} finally {
  await window.close();
  await rm(home, { recursive: true, force: true });
}
