// The interface in Chromium, against a program that answers as the test says.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

import { program } from "./program.mjs";
import { base } from "./sample/base.mjs";
import { serve } from "./serve.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Width and height, the largest first. */
const sizes = [[1280, 800], [1024, 700], [720, 520]];
/** Which states are looked at: all, or those that this matches. */
export const only = new RegExp(process.env.KEEPSTEAD_ONLY ?? "");
const switches = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens Chromium with an empty profile; `page` gives one page in the state that is asked for. */
export async function start(pictures) {
  const server = await serve();
  const profile = await mkdtemp(join(tmpdir(), "keepstead-chromium-"));
  if (pictures) await mkdir(pictures, { recursive: true });
  const close = async () => {
    await server.close();
    await rm(profile, { recursive: true, force: true });
  };
  const launched = await chromium
    .launchPersistentContext(profile, {
      executablePath: process.env.KEEPSTEAD_CHROMIUM ?? "/usr/bin/chromium",
      chromiumSandbox: false,
      headless: true,
      args: switches,
      reducedMotion: "reduce",
    })
    .catch(async (error) => {
      await close();
      throw error;
    });

  /** One page; `answers` stand in front of the usual ones. Its clock stands at 14:00 UTC on 25 November 2026. */
  async function page({ answers = {}, theme = "light", sidebar = "wide", size = [1280, 800], path = "/" }) {
    const opened = await launched.newPage();
    const wrong = [];
    opened.on("pageerror", (error) => wrong.push(error.message));
    opened.on("console", (line) => line.type() === "error" && wrong.push(line.text()));
    await opened.setViewportSize({ width: size[0], height: size[1] });
    await opened.clock.setFixedTime("2026-11-25T14:00:00Z");
    await opened.addInitScript(program, { answers: { ...base, ...answers }, theme, sidebar });
    await opened.goto(`${server.address}#${path}`);
    await opened.waitForSelector("h1");
    await opened.evaluate(() => document.fonts.ready);
    return Object.assign(opened, { wrong });
  }

  return {
    page,
    picture: (opened, name) =>
      pictures && opened.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" }),
    close: async () => {
      await launched.close();
      await close();
    },
  };
}

/**
 * Opens one state and looks at it in every size and either theme: the window is made smaller in the light, and larger
 * again in the dark. Half of the states, by their names, go the other way, and so are opened in the dark, in the smallest
 * size. With KEEPSTEAD_ONLY, only states that it matches. `more` does what makes another state of it, of that name.
 * `wrong` says that the page is to report errors.
 */
export async function everywhere(browser, name, state, ready, { more = {}, wrong = false } = {}) {
  if (!only.test(name)) return;
  const passes = [["light", sizes], ["dark", sizes.toReversed()]];
  if (name.length % 2 === 1) passes.reverse();
  const [[theme, [size]]] = passes;
  const page = await browser.page({ ...state, theme, size });
  await ready?.(page);
  for (const [title, makes] of [[name], ...Object.entries(more)]) {
    await makes?.(page);
    for (const [theme, order] of passes) {
      await wears(page, theme);
      await inEverySize(browser, page, title, theme, order);
    }
  }
  if (!wrong) assert.deepEqual(page.wrong, [], `${name}: errors in the page`);
  await page.close();
}

/** Shows the page in this theme, as the choice of one does; `keyboard` proves that the choice arrives. */
async function wears(page, theme) {
  await page.evaluate(async (wanted) => {
    if (document.documentElement.dataset.theme === wanted) return;
    document.documentElement.dataset.theme = wanted;
    await new Promise((done) => requestAnimationFrame(done));
    const fading = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(fading.map((animation) => animation.finished));
  }, theme);
}

async function inEverySize(browser, page, name, theme, order) {
  for (const [width, height] of order) {
    const title = `${name}-${theme}-${width}`;
    const { width: before } = page.viewportSize();
    if (before !== width) {
      await page.setViewportSize({ width, height });
      // What is laid out by a script comes a frame later.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    }
    await fits(page, title);
    // What axe finds depends on the size only where something appears or goes.
    if (width !== sizes[1][0]) await accessible(page, title);
    await browser.picture(page, title);
  }
}

/** Nothing for axe to find, nothing wider than its place, nothing cut off. */
export async function sound(page, name) {
  await accessible(page, name);
  await fits(page, name);
}

async function accessible(page, name) {
  // By evaluation, which the page's policy does not touch.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(found, [], `${name}: axe`);
}

async function fits(page, name) {
  const wide = await page.evaluate(() => {
    const tooWide = [];
    for (const element of document.querySelectorAll("body *")) {
      const { left, right, width } = element.getBoundingClientRect();
      const hidden = element.closest(".sr-only, svg, [cmdk-label]") || width === 0;
      // What was typed may be longer than its field; the words that stand in an empty one may not.
      const typed = element instanceof HTMLInputElement && element.value !== "";
      const scrolls = !typed && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline";
      if (!hidden && (right > innerWidth + 0.5 || left < -0.5 || scrolls)) {
        tooWide.push(element.outerHTML.slice(0, 120));
      }
    }
    if (document.documentElement.scrollWidth > innerWidth) tooWide.push("the page");
    if (document.documentElement.scrollHeight > innerHeight) tooWide.push("the page, downwards");
    return tooWide;
  });
  assert.deepEqual(wide, [], `${name}: overflows`);
}
