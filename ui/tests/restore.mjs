// Getting files back.

import assert from "node:assert/strict";

import { attic, conflicting, crowded, newest, preview, states } from "./sample/restore.mjs";
import { everywhere, sound } from "./window.mjs";

const path = "/restore";

/** Opens every state in every theme and size, then does what one does there. */
export async function restore(browser) {
  for (const [name, answers] of Object.entries(states)) {
    const ready = (page) => page.waitForTimeout(name.startsWith("slow") ? 450 : 120);
    const more = name === "full" ? { "restore-chosen": choosesToRestore } : {};
    await everywhere(browser, `restore-${name}`, { answers, path }, ready, { more, wrong: name === "nobody" });
  }
  await walks(browser);
  await restores(browser);
  await replaces(browser);
  await elsewhere(browser);
  await hinders(browser);
  await goesThroughTime(browser);
  await filters(browser);
  await looksAgain(browser);
  return { worstFrame: await scrolls(browser) };
}

async function choosesToRestore(page) {
  await choosesMoney(page);
  await page.getByRole("button", { name: "Restore 32 files" }).waitFor();
}

const line = (page, name) => page.getByRole("treeitem", { name });
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
const answer = (page, name, value) => page.evaluate(([to, of]) => window.answer(to, of), [name, value]);
const asked = (page, command) =>
  page.evaluate((wanted) => window.asked.filter((one) => one.command === wanted).map(({ args }) => args), command);

/** Opens Documents and Money, chooses Tax 2025 and the budget. */
async function choosesMoney(page) {
  await line(page, /^Documents/).focus();
  await page.keyboard.press("ArrowRight");
  await line(page, /^Money/).waitFor();
  await page.keyboard.type("Mon");
  await page.keyboard.press("ArrowRight");
  await line(page, /^Tax 2025/).waitFor();
  await page.waitForTimeout(850);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press(" ");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press(" ");
}

async function walks(browser) {
  const page = await browser.page({ answers: states.full, path });
  // What there is no choice about is open already.
  await line(page, /^Documents/).waitFor();
  await line(page, /^home/).focus();
  const steps = [
    ["ArrowDown", "mara 2"],
    ["ArrowDown", "Documents"],
    ["ArrowLeft", "mara 2"],
    ["End", "Pictures"],
    ["Home", "home 1"],
    ["p", "Pictures"],
  ];
  for (const [pressed, wanted] of steps) {
    await page.keyboard.press(pressed);
    await page.waitForFunction((label) => document.activeElement.getAttribute("aria-label") === label, wanted, { timeout: 3000 }).catch(async () => {
      assert.fail(`${pressed} leads to ${await focused(page)}, not to ${wanted}`);
    });
  }
  const documents = line(page, /^Documents/);
  assert.equal(await documents.getAttribute("aria-level"), "3");
  assert.equal(await documents.getAttribute("aria-posinset"), "1");
  assert.equal(await documents.getAttribute("aria-setsize"), "2");
  assert.equal(await documents.getAttribute("aria-expanded"), "false");
  assert.equal(await page.locator('[role="treeitem"][tabindex="0"]').count(), 1, "one line takes the keyboard");
  // Closed by hand, it stays closed.
  await line(page, /^mara/).focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await documents.waitFor({ state: "detached" });
  await page.waitForTimeout(100);
  assert.equal(await documents.count(), 0);
  await page.close();
}

async function restores(browser) {
  const page = await browser.page({ answers: { ...states.full, run: "never" }, path });
  await choosesMoney(page);
  assert.equal(await line(page, /^Money/).getAttribute("aria-checked"), "mixed");
  assert.equal(await line(page, /^Documents/).getAttribute("aria-checked"), "mixed");
  const button = page.getByRole("button", { name: "Restore 32 files" });
  await button.waitFor();
  await page.getByText("32 files, 41.7 MB").waitFor();

  // It survives leaving the screen.
  await page.evaluate(() => (location.hash = "#/settings"));
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await page.evaluate(() => (location.hash = "#/restore"));
  await button.waitFor();

  await button.focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash === "#/runs/run-restore");
  const docs = "/home/mara/Documents/Money";
  const order = {
    destination: "attic",
    backup: newest,
    include: [{ path: `${docs}/Tax 2025` }, { path: `${docs}/Household budget.csv` }],
    to: { kind: "keep_both" },
  };
  assert.deepEqual(await asked(page, "restore"), [{ order }]);
  assert.deepEqual((await asked(page, "preview_restore")).at(-1), { order });
  await page.evaluate(() => (location.hash = "#/restore"));
  await page.getByText("Nothing is chosen").waitFor();
  assert.deepEqual(page.wrong, []);
  await page.close();
}

/** Nothing is written over before it was said what, and asked. */
async function replaces(browser) {
  const page = await browser.page({ answers: { ...states.full, preview_restore: { ok: conflicting }, run: "never" }, path });
  await choosesMoney(page);
  await page.getByText("3 files are there now. They stay").waitFor();
  await page.getByRole("radio", { name: "Keep both" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText("3 files there now will be replaced.").waitFor();
  await page.getByRole("button", { name: "Restore 32 files" }).press("Enter");
  await page.getByText("Replace the 3 files that are there now?").waitFor();
  assert.deepEqual(await asked(page, "restore"), [], "asked first");
  await sound(page, "restore-replacing");
  await browser.picture(page, "restore-replacing-light-1280");
  await page.keyboard.press("Enter");
  assert(await page.getByRole("radio", { name: "Keep both" }).isChecked(), "Enter keeps both");
  await page.waitForFunction(() => document.activeElement.type === "radio");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Restore 32 files" }).press("Enter");
  await page.getByRole("button", { name: "Replace 3 files" }).press("Enter");
  await page.waitForFunction(() => location.hash === "#/runs/run-restore");
  assert.deepEqual((await asked(page, "restore"))[0].order.to, { kind: "in_place" });
  await page.close();
}

async function elsewhere(browser) {
  const page = await browser.page({ answers: { ...states.full, run: "never" }, path });
  await choosesMoney(page);
  await page.getByRole("button", { name: "Restore 32 files" }).waitFor();
  await page.getByRole("radio", { name: "In place" }).focus();
  await page.keyboard.press("ArrowRight");
  const choose = page.getByRole("button", { name: "Restore here" });
  await choose.waitFor();
  await page.keyboard.press("Escape");
  await choose.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.type === "radio");
  assert(!(await page.getByRole("radio", { name: "Elsewhere…" }).isChecked()), "not without a folder");
  await page.getByRole("radio", { name: "In place" }).focus();
  await page.keyboard.press("ArrowRight");
  await choose.press("Enter");
  await page.getByRole("button", { name: "Restore 32 files" }).press("Enter");
  await page.waitForFunction(() => location.hash === "#/runs/run-restore");
  assert.deepEqual((await asked(page, "restore"))[0].order.to, { kind: "elsewhere", folder: { path: "/home/mara" } });
  await page.close();
}

async function hinders(browser) {
  const full = { ...preview, free: 1000, unreadable: ["/a"] };
  const page = await browser.page({ answers: { ...states.full, preview_restore: { ok: full } }, path });
  await choosesMoney(page);
  const button = page.getByRole("button", { name: "Restore 32 files" });
  await page.getByText("41.7 MB are needed there, and 1 kB are free.").waitFor();
  await page.getByText("1 thing cannot be read in this backup").waitFor();
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await button.press("Enter");
  assert.deepEqual(await asked(page, "restore"), []);

  const refused = { error: { code: "out_of_space", message: "The disk is full. Nothing was restored.", hint: "Make room there." } };
  await answer(page, "preview_restore", { ok: preview });
  await answer(page, "restore", refused);
  await line(page, /^Pension/).locator("[data-box]").click();
  await page.waitForFunction(() => !document.querySelector('[aria-label="Basket"] button[aria-disabled]'));
  await button.press("Enter");
  await page.getByText("The disk is full. Nothing was restored.").waitFor();
  await sound(page, "restore-refused");
  await browser.picture(page, "restore-refused-light-1280");
  await page.close();
}

async function goesThroughTime(browser) {
  const page = await browser.page({ answers: states.full, path });
  const slider = page.getByRole("slider");
  await page.waitForFunction((id) => decodeURIComponent(location.hash).includes(id), newest);
  assert.equal(await slider.getAttribute("aria-valuenow"), "60");
  await choosesMoney(page);
  await slider.focus();
  for (const [key, at] of [["ArrowLeft", 59], ["PageDown", 49], ["Home", 1], ["End", 60], ["ArrowLeft", 59]]) {
    await page.keyboard.press(key);
    assert.equal(await slider.getAttribute("aria-valuenow"), String(at), key);
  }
  await page.waitForFunction(() => decodeURIComponent(location.hash).includes("documents-0001"));
  // The tree stays open, the basket belongs to its backup, and the way back to it is shown.
  await line(page, /^Tax 2025/).waitFor();
  assert.equal(await line(page, /^Tax 2025/).getAttribute("aria-checked"), "false");
  await page.getByRole("button", { name: "Show them" }).press("Enter");
  await page.getByText("32 files, 41.7 MB").waitFor();
  assert.equal(await slider.getAttribute("aria-valuenow"), "60");
  // Only what one rested on was opened.
  const opened = new Set((await asked(page, "backup_folder")).map(({ backup }) => backup));
  assert.deepEqual([...opened], [newest, "documents-0001"]);

  await page.getByRole("button", { name: /All plans/ }).press("Enter");
  await page.getByRole("menuitem", { name: "Family photos" }).press("Enter");
  await page.waitForFunction(() => decodeURIComponent(location.hash).includes("photos-0003"));
  assert.equal(await slider.getAttribute("aria-valuemax"), "12");
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function filters(browser) {
  const page = await browser.page({ answers: states.full, path });
  await choosesMoney(page);
  const field = page.getByRole("textbox", { name: "Filter Money by name" });
  await field.focus();
  await page.keyboard.type("mo");
  await page.getByText("1 of 6").waitFor();
  assert.equal(await page.getByRole("treeitem", { name: /Tax/ }).count(), 0);
  await line(page, /^Mortgage/).waitFor();
  await page.keyboard.type("zz");
  await page.getByText("Nothing in Money is called “mozz”.").waitFor();
  await page.keyboard.press("Escape");
  await line(page, /^Tax 2025/).waitFor();
  await page.close();
}

async function looksAgain(browser) {
  const page = await browser.page({ answers: states.away, path });
  await page.getByRole("heading", { name: /is not here/ }).waitFor();
  for (const [name, value] of Object.entries({ ...states.full, destinations: { ok: [attic] } })) await answer(page, name, value);
  await page.getByRole("button", { name: "Look again" }).press("Enter");
  await line(page, /^Documents/).waitFor();
  await page.close();
}

/** How long the page's own thread works on each of its tasks, in milliseconds. Its work is counted, not the
 *  time that passes: that depends on what else the computer does. */
async function mainThread(page, work) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await session.send("Tracing.start", {
    traceConfig: { includedCategories: ["toplevel", "disabled-by-default-devtools.timeline"] },
    transferMode: "ReportEvents",
  });
  await work();
  const done = new Promise((complete) => session.once("Tracing.tracingComplete", complete));
  await session.send("Tracing.end");
  await done;
  const names = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const main = new Set(names.map(({ pid, tid }) => `${pid} ${tid}`));
  const own = events.filter(({ name, pid, tid }) => name.endsWith("RunTask") && main.has(`${pid} ${tid}`));
  return own.map(({ tdur = 0 }) => tdur / 1000);
}

/** A folder of 100,000 files scrolls; returns what the dearest task cost. The bound of 50 ms is for a quiet
 *  machine, and asked for by KEEPSTEAD_TIMING=1. */
async function scrolls(browser) {
  const page = await browser.page({ answers: crowded(100_000), path });
  await line(page, /^Documents/).focus();
  await page.keyboard.press("ArrowRight");
  await line(page, /^IMG_000003/).waitFor();
  assert((await page.getByRole("treeitem").count()) < 80, "only lines in sight are drawn");
  const box = await page.locator("[data-tree]").boundingBox();
  await page.mouse.move(box.x + 100, box.y + 100);
  await page.waitForTimeout(300);
  const tasks = await mainThread(page, async () => {
    for (let step = 0; step < 100; step += 1) {
      await page.mouse.wheel(0, step % 10 === 9 ? 40_000 : 700);
      await page.waitForTimeout(16);
    }
  });
  const worst = Math.max(...tasks);
  assert(tasks.length > 200, `${tasks.length} tasks`);
  console.log(`100,000 entries: the dearest task took ${worst.toFixed(1)} ms`);
  if (process.env.KEEPSTEAD_TIMING) assert(worst < 50, `the longest task took ${worst.toFixed(1)} ms`);

  // From one end to the other, and a choice among all of them.
  await line(page, /^IMG_/).first().click();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.activeElement.getAttribute("aria-label")?.startsWith("Pictures"));
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press(" ");
  assert.equal(await line(page, /^IMG_099999/).getAttribute("aria-checked"), "true");
  assert.deepEqual(page.wrong, []);
  await page.close();
  return worst;
}
