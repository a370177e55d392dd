// The screen of one run.

import assert from "node:assert/strict";

import { progressEvent, runs as samples, states } from "./sample/runs.mjs";
import { everywhere, sound } from "./window.mjs";

const refusals = { gone: 1, nothingElse: 1 };

/** Opens every state in every theme and size, then does what one does there. */
export async function runs(browser) {
  for (const [name, answers] of Object.entries(states)) {
    const ready = async (page) => {
      await page.waitForTimeout(name === "slow" ? 450 : 60);
      if (name === "full") for (let step = 0; step < 60; step += 1) await passes(page, step);
    };
    await everywhere(browser, `run-${name}`, { answers, path }, ready, { wrong: name in refusals });
  }
  await moves(browser);
  await cancels(browser);
  await pauses(browser);
  await limits(browser);
  await announces(browser);
  await accepts(browser);
  await pages(browser);
  await leadsOn(browser);
}

const path = "/runs/run-photos";

/** Ten seconds, and what is told after them. */
async function passes(page, step, more) {
  await page.clock.setFixedTime(Date.UTC(2026, 10, 25, 14, 0, 10 * step));
  const speed = step % 30 === 20 ? 400_000 : 4_200_000 + 1_900_000 * Math.abs(Math.sin(step / 4));
  await page.evaluate(([event, payload]) => window.tell(event, payload), ["backup:progress", progressEvent(speed, 0.6 + step / 6000, more)]);
}

async function moves(browser) {
  const page = await browser.page({ answers: states.full, path });
  const heights = () => page.evaluate(() => [...document.querySelectorAll("main section")].map((one) => one.getBoundingClientRect().top));
  await page.getByText("39,482 of 64,812 files").waitFor();
  await passes(page, 0);
  await page.getByRole("img", { name: /^Speed over the last 12 minutes/ }).waitFor();
  const before = await heights();
  for (let step = 1; step < 80; step += 1) await passes(page, step);
  assert.deepEqual(await heights(), before, "nothing jumps while it goes on");
  await page.getByText("about 9 min").waitFor();
  await page.getByRole("button", { name: "Show as table" }).focus();
  await page.keyboard.press("Enter");
  assert((await page.getByRole("row").count()) >= 12, "a line a minute");
  assert.deepEqual(await heights(), before, "the table takes the place of the graph");
  // Totals that were not final are asked for again.
  await page.close();

  const counting = await browser.page({ answers: states.counting, path });
  await counting.getByText("39,482 files, still counting").waitFor();
  await counting.evaluate(([name, answer]) => window.answer(name, answer), ["run", { ok: samples.working }]);
  await passes(counting, 1, { fraction: null });
  await counting.getByText(/of 64,812 files/).waitFor();
  await counting.close();
}

async function announces(browser) {
  const page = await browser.page({ answers: states.full, path });
  await page.getByText("39,482 of 64,812 files").waitFor();
  const said = () => page.locator('[aria-label="Progress"] [aria-live]').innerText();
  const heard = [];
  for (const fraction of [0.611, 0.64, 0.699, 0.7, 0.75, 0.81]) {
    await page.evaluate(([event, payload]) => window.tell(event, payload), ["backup:progress", progressEvent(1e6, fraction)]);
    await page.waitForTimeout(30);
    heard.push(await said());
  }
  assert.deepEqual(heard, ["60% done", "60% done", "60% done", "70% done", "70% done", "80% done"]);
  await page.close();
}

async function cancels(browser) {
  const page = await browser.page({ answers: states.full, path });
  await page.getByRole("button", { name: "Cancel run" }).focus();
  await page.evaluate(([name, answer]) => window.answer(name, answer), ["run", states.cancelling.run]);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Cancelling" }).waitFor();
  await page.getByText("Stopping after the file it is at.").waitFor();
  await page.keyboard.press("Enter");
  const asked = await page.evaluate(() => window.asked.filter(({ command }) => command === "cancel_run"));
  assert.deepEqual(asked, [{ command: "cancel_run", args: { id: "run-photos" } }], "asked once");
  await page.evaluate(([name, answer]) => window.answer(name, answer), ["run", states.cancelled.run]);
  await page.evaluate(() => window.tell("backup:status", { planId: "plan-photos", runId: "run-photos", status: "CANCELLED", message: "", timestamp: 0 }));
  await page.getByRole("heading", { name: "Cancelled" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /Cancel/ }).count(), 0);
  await page.close();
}

async function pauses(browser) {
  const page = await browser.page({ answers: states.full, path });
  const asked = (wanted) => page.evaluate((name) => window.asked.filter(({ command }) => command === name), wanted);
  const left = page.locator("dl").first().locator("dd").first();
  await page.getByText("about 9 min").waitFor();
  const tops = () => page.evaluate(() => [...document.querySelectorAll("main section")].map((one) => one.getBoundingClientRect().top));
  const before = await tops();
  await page.getByRole("button", { name: "Pause" }).focus();
  await page.evaluate(([name, answer]) => window.answer(name, answer), ["run", states.paused.run]);
  await page.keyboard.press("Enter");
  const resume = page.getByRole("button", { name: "Resume" });
  await resume.waitFor();
  assert(await resume.evaluate((button) => button === document.activeElement), "the keyboard stays where it was");
  assert.deepEqual(await asked("pause_run"), [{ command: "pause_run", args: { id: "run-photos" } }]);
  await page.getByText("Nothing more is read or sent until you resume it.").waitFor();
  assert.deepEqual(await tops(), before, "nothing jumps");
  assert.equal(await left.innerText(), "Paused", "nobody knows how long it takes");
  assert.equal(await page.locator('[aria-label="Progress"] [aria-live]').innerText(), "Paused");
  // What is told meanwhile does not take it back, nor bring a time left.
  await page.evaluate(([event, payload]) => window.tell(event, payload), ["backup:progress", progressEvent(0, 0.61, { paused: true })]);
  await page.waitForTimeout(50);
  assert.equal(await left.innerText(), "Paused");
  await page.getByRole("button", { name: "Cancel run" }).waitFor();
  await page.evaluate(([name, answer]) => window.answer(name, answer), ["run", states.full.run]);
  await resume.press("Enter");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  assert.deepEqual(await asked("resume_run"), [{ command: "resume_run", args: { id: "run-photos" } }]);
  await page.getByText("about 9 min").waitFor();
  // It ended in this moment: that is said.
  await page.evaluate(() => window.answer("pause_run", { error: { code: "run_over", message: "Family photos has ended already.", hint: "Look." } }));
  await page.getByRole("button", { name: "Pause" }).press("Enter");
  await page.getByRole("alert").getByText("Family photos has ended already.").waitFor();
  assert.deepEqual(page.wrong, []);
  await page.close();

  const waits = await browser.page({ answers: states.behind, path });
  await waits.getByText("which is paused, was resumed and is done").waitFor();
  assert.equal(await waits.getByRole("button", { name: "Pause" }).count(), 0, "what waits is not paused");
  await waits.close();
}

async function limits(browser) {
  const none = { upload_kib: null, download_kib: null, cpu_percent: null, background: false };
  const limited = { ...states.full, limits: { ok: { ...none, upload_kib: 1536 } } };
  await everywhere(browser, "run-limits", { answers: limited, path }, async (page) => {
    await page.getByRole("button", { name: "At most 1.5 MiB/s" }).press("Enter");
    await page.getByRole("dialog", { name: "Limits" }).waitFor();
  });
  const page = await browser.page({ answers: { ...states.full, set_limits: { ok: { ...none, upload_kib: 1024 } } }, path });
  const asked = () => page.evaluate(() => window.asked.filter(({ command }) => command === "set_limits").map(({ args }) => args.limits));
  await page.getByRole("button", { name: "Limits" }).press("Enter");
  await page.getByRole("switch", { name: "Upload: limit" }).press("Space");
  const field = page.getByRole("textbox", { name: "Upload, at most" });
  await field.waitFor();
  assert.deepEqual(await asked(), [{ ...none, upload_kib: 1024 }]);
  await page.getByRole("button", { name: "At most 1 MiB/s", includeHidden: true }).waitFor();
  // What is no number changes nothing, and says so.
  await field.fill("0");
  await field.press("Enter");
  await page.getByRole("alert").getByText("Type a number of 1 or more").waitFor();
  assert.equal((await asked()).length, 1);
  await page.evaluate((answer) => window.answer("set_limits", answer), { ok: { ...none, upload_kib: 500 } });
  await page.getByRole("combobox", { name: "Upload, unit" }).selectOption("KiB");
  await field.fill("500");
  await field.press("Enter");
  await page.getByRole("button", { name: "At most 500 KiB/s", includeHidden: true }).waitFor();
  assert.deepEqual((await asked()).at(-1), { ...none, upload_kib: 500 });
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.evaluate((answer) => window.answer("set_limits", answer), { ok: { ...none, upload_kib: 500, cpu_percent: 50 } });
  await page.getByRole("combobox", { name: "Processor" }).selectOption({ label: "Half" });
  await page.waitForFunction(() => window.asked.at(-1)?.args?.limits?.cpu_percent === 50);
  // Another program changes it: the window follows.
  await page.evaluate((answer) => {
    window.answer("limits", answer);
    window.tell("changed", { topics: ["settings"] });
  }, { ok: { ...none, upload_kib: 64 } });
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some(({ value }) => value === "64"));
  await page.evaluate((answer) => window.answer("set_limits", answer), { error: { code: "out_of_space", message: "There is no room left.", hint: "Make room." } });
  await page.getByRole("switch", { name: "Background" }).press("Space");
  await page.getByRole("alert").getByText("There is no room left.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "At most 64 KiB/s" }).waitFor();
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function accepts(browser) {
  const page = await browser.page({ answers: { ...states.partly, accept_skipped: { ok: null } }, path });
  await page.getByRole("button", { name: /^No permission/ }).focus();
  await page.keyboard.press("Enter");
  const first = page.getByRole("button", { name: /^This is all right: .* 0\// });
  await first.focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.asked.some(({ command }) => command === "accept_skipped"));
  const { args } = await page.evaluate(() => window.asked.find(({ command }) => command === "accept_skipped"));
  const wanted = "/home/mara/Pictures/Scans/old-user/Verzeichnis mit Umlauten äöü 0/写真_0.tiff";
  assert.deepEqual(args, { run: "run-photos", path: { path: wanted, path_hex: null } });
  await browser.picture(page, "run-accepting-light-1280");
  await sound(page, "run-accepting");
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function pages(browser) {
  const page = await browser.page({ answers: states.partly, path });
  await page.getByRole("button", { name: /^Not readable from the disk/ }).press("Enter");
  await page.getByText("100 of 10,000").waitFor();
  const more = page.getByRole("button", { name: "Show more files" });
  await more.focus();
  await page.keyboard.press("Enter");
  await page.getByText("200 of 10,000").waitFor();
  await page.getByRole("button", { name: "Show earlier lines" }).press("Enter");
  await page.getByText("10,000 lines").waitFor();
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function leadsOn(browser) {
  const failed = await browser.page({ answers: { ...states.failed, back_up: { ok: ["run-again"] } }, path });
  await failed.getByText("1,380 photos since yesterday have no second copy").waitFor();
  await failed.getByRole("button", { name: "Back up again" }).press("Enter");
  await failed.waitForFunction(() => location.hash === "#/runs/run-again");
  const asked = await failed.evaluate(() => window.asked.find(({ command }) => command === "back_up"));
  assert.deepEqual(asked.args, { plans: ["plan-photos"] });
  await failed.close();

  const restored = await browser.page({ answers: { ...states.restored, show_folder: { ok: null } }, path });
  await restored.getByText("Every file was compared with its hash.").waitFor();
  await restored.getByRole("button", { name: "Show the folder" }).press("Enter");
  await restored.waitForFunction(() => window.asked.some(({ command }) => command === "show_folder"));
  const shown = await restored.evaluate(() => window.asked.find(({ command }) => command === "show_folder"));
  assert.deepEqual(shown.args, { path: samples.restored.target });
  await restored.close();

  // Nothing is said that was not proved.
  const unproved = { ...samples.succeeded, verified: false };
  const page = await browser.page({ answers: { ...states.succeeded, run: { ok: unproved } }, path });
  await page.getByText("It was not read back.").waitFor();
  await page.close();
}
