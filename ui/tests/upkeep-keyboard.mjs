// Verifying and cleaning up without a mouse, and what is asked of the program.

import assert from "node:assert/strict";

import { asked, press as presses, reaches } from "./keys.mjs";
import { card, cards, cleaning, overview, plan, states } from "./sample/upkeep.mjs";

const askedSoon = (page, command, times = 1) =>
  page.waitForFunction(([name, count]) => window.asked.filter((call) => call.command === name).length === count, [command, times]);
const answer = (page, name, said) => page.evaluate(([command, value]) => window.answer(command, value), [name, said]);
const address = (page, hash) => page.waitForFunction((wanted) => location.hash === wanted, hash);
const press = (page, role, name, key = "Enter") => presses(page, role, name, key, true);

export async function upkeepByKeyboard(browser) {
  for (const job of [verifies, reach, underWay, cleansUp, stops, outdated, fromPalette, fromRun, damage, progress]) await job(browser);
}

async function verifies({ page: open }) {
  const page = await open({ answers: card, path: "/destinations" });
  await press(page, "button", "Verify now: Blue disk");
  const dialog = page.getByRole("dialog", { name: "Verify Blue disk" });
  await dialog.waitFor();
  assert(await page.getByRole("radio", { name: /^Everything/ }).isChecked(), "everything, unless it is chosen otherwise");
  await dialog.getByText("reads about 41.3 GB").waitFor();
  await dialog.getByText("reads about 4.13 GB").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await reaches(page, "Verify now: Blue disk");
  assert.equal((await asked(page, "verify_destination")).length, 0);

  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.type === "radio");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await address(page, "#/runs/run-verify");
  assert.deepEqual(await asked(page, "verify_destination"), [{ id: "d1", depth: "sample" }]);
  await page.getByRole("heading", { level: 1, name: "Verifying Blue disk" }).waitFor();
  assert.deepEqual(page.wrong, []);
  await page.close();
}

/** What is away is neither verified nor cleaned up, and says why. */
async function reach({ page: open }) {
  const page = await open({ answers: card, path: "/destinations" });
  const button = page.getByRole("button", { name: "Verify now: Attic NAS" });
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  const why = await button.evaluate((it) => document.getElementById(it.getAttribute("aria-describedby")).innerText);
  assert.equal(why, "Plug it in or connect to it, and test it then.");
  await button.press("Enter");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await press(page, "button", "More for Attic NAS");
  await page.getByRole("menuitem", { name: /^Clean up… Plug it in/ }).press("Enter");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal((await asked(page, "plan_clean_up")).length, 0);
  await page.close();
}

async function underWay({ page: open }) {
  const page = await open({ answers: cards.underWay, path: "/destinations" });
  await press(page, "button", "Show verification: Blue disk");
  await address(page, "#/runs/run-upkeep");
  await page.goBack();
  await press(page, "button", "More for 写真のディスク");
  await page.getByRole("menuitem", { name: "Show clean-up" }).press("Enter");
  await address(page, "#/runs/run-cleaning");
  await page.close();
}

async function cleansUp({ page: open }) {
  const page = await open({ answers: card, path: "/destinations" });
  const dialog = page.getByRole("dialog", { name: "Clean up Blue disk" });
  await press(page, "button", "More for Blue disk");
  await page.getByRole("menuitem", { name: "Clean up…" }).press("Enter");
  await dialog.getByText("4.73 GB of 41.3 GB can be freed").waitFor();
  const before = (await asked(page, "destinations")).length;
  assert(before >= 2, "what was measured is asked for");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await reaches(page, "More for Blue disk");
  assert.deepEqual([(await asked(page, "clean_up")).length, (await asked(page, "stop_clean_up_plan")).length], [0, 0]);

  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Clean up…" }).press("Enter");
  await dialog.getByText("4.73 GB of 41.3 GB can be freed").waitFor();
  assert.equal((await asked(page, "plan_clean_up")).length, 2, "an earlier plan is not shown again");
  // The first button is the one that changes nothing.
  await reaches(page, "Cancel");
  await page.keyboard.press("Tab");
  await reaches(page, "Clean up");
  await page.keyboard.press("Enter");
  await address(page, "#/runs/run-cleaning");
  assert.deepEqual(await asked(page, "clean_up"), [{ id: "d1", plan: plan.id }]);
  assert.deepEqual(page.wrong, []);
  await page.close();
}

/** Closing the dialog ends the work behind it; opening it again begins anew. */
async function stops({ page: open }) {
  const page = await open({ answers: cleaning.slow, path: "/destinations" });
  await press(page, "button", "More for Blue disk");
  await page.getByRole("menuitem", { name: "Clean up…" }).press("Enter");
  await page.getByText("Looking for what no backup on Blue disk needs.").waitFor();
  await reaches(page, "Cancel");
  assert.equal((await asked(page, "stop_clean_up_plan")).length, 0);
  await page.keyboard.press("Enter");
  await askedSoon(page, "stop_clean_up_plan");
  await reaches(page, "More for Blue disk");
  await answer(page, "plan_clean_up", card.plan_clean_up);
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Clean up…" }).press("Enter");
  await page.getByText("4.73 GB of 41.3 GB can be freed").waitFor();
  assert.equal((await asked(page, "plan_clean_up")).length, 2);
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function outdated({ page: open }) {
  const page = await open({ answers: cleaning.outdated, path: "/destinations?clean=d1" });
  await press(page, "button", "Clean up");
  await page.getByRole("alert").getByText("Nothing was deleted.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Clean up", exact: true }).count(), 0, "what is outdated is not offered");
  await answer(page, "plan_clean_up", { ok: { ...plan, id: "digest-2", reclaimable: 5e9 } });
  await answer(page, "clean_up", card.clean_up);
  await press(page, "button", "Look again");
  await page.getByText("5 GB of 41.3 GB can be freed").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  assert(await page.evaluate(() => document.activeElement.closest("[role=dialog]") !== null), "the keyboard stays in the dialog");
  await press(page, "button", "Clean up");
  await address(page, "#/runs/run-cleaning");
  assert.deepEqual((await asked(page, "clean_up")).map((args) => args.plan), ["digest-1", "digest-2"]);
  await page.close();

  const failing = await open({ answers: cleaning.failing, path: "/destinations?clean=d1" });
  await failing.getByText("Another program works with").waitFor();
  await answer(failing, "plan_clean_up", card.plan_clean_up);
  await press(failing, "button", "Try again");
  await failing.getByText("4.73 GB of 41.3 GB can be freed").waitFor();
  await failing.close();

  // With nothing to do there is nothing to confirm.
  const nothing = await open({ answers: cleaning.nothing, path: "/destinations?clean=d1" });
  await nothing.getByText("All 41.3 GB are needed by 58 backups.").waitFor();
  assert.equal(await nothing.getByRole("button", { name: "Clean up", exact: true }).count(), 0);
  await press(nothing, "button", "Close");
  await nothing.getByRole("dialog").waitFor({ state: "detached" });
  await nothing.close();
}

async function fromPalette({ page: open }) {
  const page = await open({ answers: card });
  const type = async (text) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find anything" }).waitFor();
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  await type("clean up blue");
  await address(page, "#/destinations?clean=d1");
  await page.getByText("4.73 GB of 41.3 GB can be freed").waitFor();
  await page.keyboard.press("Escape");
  await address(page, "#/destinations");
  await reaches(page, "More for Blue disk");
  await type("verify blue");
  await address(page, "#/runs/run-verify");
  assert.deepEqual(await asked(page, "verify_destination"), [{ id: "d1", depth: "everything" }]);
  await answer(page, "verify_destination", { error: { code: "app_locked", message: "The key is not open.", hint: "" } });
  await type("verify blue");
  await page.getByRole("status").getByText("The key is not open.").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("attic");
  await page.getByText("1 result").waitFor();
  await page.close();
}

async function fromRun({ page: open }) {
  const path = "/runs/run-upkeep";
  const verify = await open({ answers: states.tenth, path });
  await verify.getByText("What was not read stays unproved.").waitFor();
  assert.equal(await verify.getByText("Skipped").count(), 0, "it skips no files");
  assert.equal((await asked(verify, "skipped_reasons")).length, 0);
  await press(verify, "button", "Destinations");
  await address(verify, "#/destinations");
  await verify.close();

  const again = await open({ answers: states.damaged, path });
  await press(again, "button", "Verify again");
  await address(again, "#/runs/run-again");
  assert.deepEqual(await asked(again, "verify_destination"), [{ id: "d1", depth: "everything" }]);
  await again.close();

  const outdatedRun = await open({ answers: states.outdated, path });
  await press(outdatedRun, "button", "Look again");
  await address(outdatedRun, "#/destinations?clean=d1");
  await outdatedRun.getByText("4.73 GB of 41.3 GB can be freed").waitFor();
  await outdatedRun.close();
}

/** From the verdict to every single finding. */
async function damage({ page: open }) {
  const page = await open({ answers: overview });
  await page.getByRole("heading", { level: 1, name: "Damaged" }).waitFor();
  await press(page, "button", "See what happened");
  await address(page, "#/runs/run-upkeep");
  await page.getByRole("heading", { name: "Failed: Backups are damaged" }).waitFor();
  await page.getByText("then verify again").waitFor();
  const list = page.getByRole("region", { name: "Damage and remarks" });
  await list.getByRole("listitem").nth(3).waitFor();
  // What is there, drawn or not: lines are left out of the picture until they come into sight.
  const found = await list.getByRole("listitem").allTextContents();
  assert.deepEqual(found.map((text) => text.replace(/\s+/g, " ").slice(0, 8)), ["Error: T", "Error: A", "Error: T", "Warning:"]);
  await page.close();

  const many = await open({ answers: states.many, path: "/runs/run-upkeep" });
  const all = many.getByRole("region", { name: "Damage and remarks" });
  await many.getByText("100 of 10,040").waitFor();
  await press(many, "button", "Show more");
  await many.getByText("200 of 10,040").waitFor();
  assert.equal(await all.getByRole("listitem").count(), 200);
  await many.close();
}

async function progress({ page: open }) {
  const page = await open({ answers: states.working, path: "/runs/run-upkeep" });
  await page.getByText("25.2 GB of 41.3 GB").waitFor();
  await page.getByText("about 4 min", { exact: true }).waitFor();
  assert.equal(await page.getByText("4bf0a1d9").count(), 0, "nothing of the engine");
  const told = {
    planId: null, runId: "run-upkeep", status: "RUNNING", paused: false, filesScanned: 0, filesUploaded: 0, filesFailed: 0, bytesUploaded: 37e9,
    currentFile: "data/aa", uploadSpeed: 61e6, estimatedTimeRemaining: 70, fraction: 0.9, timestamp: 0,
  };
  await page.evaluate((payload) => window.tell("backup:progress", payload), told);
  await page.getByText("37.2 GB of 41.3 GB").waitFor();
  await page.getByText("90%").first().waitFor();
  await page.evaluate(() => window.answer("pause_run", { ok: null }));
  await press(page, "button", "Pause");
  await askedSoon(page, "pause_run");
  await press(page, "button", "Cancel run");
  await askedSoon(page, "cancel_run");
  await page.close();

  const bar = await open({ answers: overview });
  const foot = bar.getByRole("contentinfo", { name: "Work under way" });
  await foot.getByRole("link", { name: "Verifying Blue disk" }).waitFor();
  await foot.getByText("1 more waits").waitFor();
  await bar.getByRole("complementary").getByText("Verifying Blue disk, 61%").waitFor();
  await bar.close();
}
