// The window without a mouse.

import assert from "node:assert/strict";

import { reaches } from "./keys.mjs";
import { full, refused } from "./sample/frame.mjs";
import { sound } from "./window.mjs";

/** Everything that Tab reaches, in order, until it comes round. */
async function walk(page) {
  const order = [];
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const at = document.activeElement;
      window.walked ??= new Set([document.body]);
      if (window.walked.has(at)) return undefined;
      window.walked.add(at);
      return at.name || at.ariaLabel || at.innerText.split("\n")[0] || at.tagName.toLowerCase();
    });
    if (name === undefined) break;
    order.push(name);
  }
  return order;
}

export async function keyboard(browser) {
  await reachesEverything(browser);
  await palette(browser);
  await sidebar(browser);
  await appearance(browser);
  await failures(browser);
  await fonts(browser);
}

async function reachesEverything({ page: open, picture }) {
  for (const path of ["/", "/destinations", "/settings"]) {
    for (const size of [[1280, 800], [720, 520]]) {
      const page = await open({ path, size, answers: full });
      await page.waitForTimeout(100);
      const reached = await walk(page);
      const expected = await page.evaluate(() => {
        const all = [...document.querySelectorAll('a[href], button, input, select, main, [tabindex="0"]')];
        return all.filter((element) => element.type !== "radio" || element.checked).length;
      });
      assert.equal(reached.length, expected, `${path} at ${size[0]}: Tab reached ${reached.join(", ")}`);
      await page.close();
    }
  }
  // In the rail, the keyboard brings out the names.
  const page = await open({ size: [720, 520] });
  await page.getByRole("link", { name: "Settings" }).focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await page.getByRole("tooltip", { name: "Settings" }).waitFor({ state: "attached" });
  await picture(page, "rail-tooltip-light-720");
  await sound(page, "rail-tooltip");
  await page.close();
}

async function palette({ page: open }) {
  const page = await open({ answers: full });
  const settings = page.getByRole("link", { name: "Settings" });
  const input = page.getByRole("combobox", { name: "Find anything" });
  await settings.focus();
  await page.keyboard.press("Control+k");
  await input.waitFor();
  assert(await input.evaluate((element) => element === document.activeElement), "the palette takes the keyboard");
  await page.keyboard.press("Escape");
  await input.waitFor({ state: "detached" });
  await reaches(page, "Settings");

  await page.keyboard.press("Control+k");
  await input.waitFor();
  await page.keyboard.type("sett");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await input.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.tagName === "MAIN");

  await page.keyboard.press("Control+k");
  await input.waitFor();
  await page.keyboard.type("dark");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  assert(await page.getByRole("radio", { name: "Dark" }).isChecked(), "the settings follow the palette");
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function sidebar({ page: open }) {
  const page = await open({});
  const width = () => page.evaluate(() => document.querySelector("aside").getBoundingClientRect().width);
  assert.equal(await width(), 256);
  await page.getByRole("button", { name: "Narrow the sidebar" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Widen the sidebar" }).waitFor();
  assert.equal(await width(), 48);
  assert.equal(await page.evaluate(() => localStorage.getItem("keepstead.sidebar")), "rail");
  await page.close();

  const narrow = await open({ path: "/settings", size: [1024, 700], answers: full });
  const button = narrow.getByRole("button", { name: "Widen the sidebar" });
  await button.focus();
  await narrow.keyboard.press("Enter");
  assert.equal(await narrow.evaluate(() => localStorage.getItem("keepstead.sidebar")), "wide");
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await narrow.close();
}

async function appearance({ page: open }) {
  const page = await open({ path: "/settings", theme: "system", answers: full });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("radio", { name: "System" }).focus();
  for (const theme of ["light", "dark"]) {
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, theme);
  }
  assert.notEqual(await ground(), light);
  await page.close();
}

async function failures({ page: open, picture }) {
  const failing = await open({ answers: { ...full, verdict: refused } });
  await failing.evaluate((answer) => window.answer("verdict", answer), full.verdict);
  await failing.getByRole("button", { name: "Ask again" }).focus();
  await failing.keyboard.press("Enter");
  await failing.getByRole("heading", { level: 1, name: "Protected" }).waitFor();
  await failing.close();

  for (const size of [[1280, 800], [720, 520]]) {
    // An answer that no version of the program gives.
    const odd = await open({ answers: { ...full, verdict: { ok: {} } }, size });
    await odd.getByRole("heading", { level: 1, name: "This screen could not be shown" }).waitFor();
    assert(await odd.getByRole("complementary").isVisible(), "the rest of the window stays");
    await sound(odd, "route-error");
    await picture(odd, `route-error-light-${size[0]}`);
    await odd.evaluate((answer) => {
      window.answer("verdict", answer);
      window.tell("changed", { topics: ["verdict"] });
    }, full.verdict);
    await odd.getByRole("complementary").getByText("Protected").waitFor({ state: "attached" });
    await odd.getByRole("button", { name: "Show it again" }).focus();
    await odd.keyboard.press("Enter");
    await odd.getByRole("heading", { level: 1, name: "Protected" }).waitFor();
    await odd.close();
  }

  const lost = await open({ path: "/nowhere", answers: full });
  await lost.getByRole("button", { name: "Go to the overview" }).focus();
  await lost.keyboard.press("Enter");
  await lost.getByRole("heading", { level: 1, name: "Protected" }).waitFor();
  await lost.close();
}

/** Words in Inter and numbers in Geist Mono, both loaded from the program itself. */
async function fonts({ page: open }) {
  const page = await open({ path: "/settings", answers: full });
  for (const font of ['14px "Inter Variable"', '13px "Geist Mono Variable"']) {
    // A font is fetched once something is drawn in it.
    await page.waitForFunction((name) => document.fonts.check(name), font, { timeout: 5000 }).catch(() => assert.fail(`${font} is not loaded`));
  }
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  const drawn = { h1: "Inter", "span[title^='/']": "Geist Mono", "dd.font-mono": "Geist Mono" };
  for (const [selector, family] of Object.entries(drawn)) {
    const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    const { fonts: used } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    for (const font of used) {
      assert(font.isCustomFont && font.familyName.startsWith(family), `${selector} is drawn in ${font.familyName}`);
    }
    assert(used.length > 0, `${selector} draws nothing`);
  }
  await page.close();
}
