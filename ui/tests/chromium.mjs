// The built interface in Chromium: node ui/tests/chromium.mjs [FOLDER FOR PICTURES]

import assert from "node:assert/strict";

import { keyboard } from "./keyboard.mjs";
import { sound, start } from "./window.mjs";

const sizes = [[1280, 800], [1024, 700], [720, 520]];
const themes = ["light", "dark"];
const screens = { overview: "/", settings: "/settings", lost: "/nowhere" };

const browser = await start(process.argv[2]);

/** Opens one state in every theme and size, and looks at it. */
async function everywhere(name, state, ready) {
  for (const theme of themes) {
    for (const size of sizes) {
      const page = await browser.page({ ...state, theme, size });
      await ready?.(page);
      const title = `${name}-${theme}-${size[0]}`;
      await sound(page, title);
      assert.deepEqual(page.wrong, state.expected ?? [], `${title}: errors in the page`);
      await browser.picture(page, title);
      await page.close();
    }
  }
}

const shows = (text) => (page) => page.getByText(text).first().waitFor();

try {
  for (const [name, path] of Object.entries(screens)) await everywhere(name, { path });
  await everywhere("overview-rail", { sidebar: "rail" });
  await everywhere("settings-rail", { path: "/settings", sidebar: "rail" });
  for (const screen of ["overview", "settings"]) {
    const path = screens[screen];
    await everywhere(`${screen}-slow`, { path, scenario: "slow" }, (page) => page.waitForTimeout(400));
    await everywhere(`${screen}-failing`, { path, scenario: "failing" }, shows("Ask again"));
  }
  await everywhere("palette", {}, (page) => page.keyboard.press("Control+k").then(() => shows("Go to")(page)));
  await everywhere("palette-found", {}, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("the da");
    await shows("1 result")(page);
  });
  await everywhere("palette-none", {}, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("zeppelin");
    await shows("Nothing is called")(page);
  });
  await keyboard(browser);
  console.log("Every screen is sound in both themes and three sizes, and works by keyboard.");
} finally {
  await browser.close();
}
