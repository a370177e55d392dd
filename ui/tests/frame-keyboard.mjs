// What is done on the frame's screens, without a mouse, and what the program tells by itself.

import assert from "node:assert/strict";

import { asked, press, reaches, waitAsked } from "./keys.mjs";
import * as sample from "./sample/frame.mjs";

const { full, verdicts } = sample;
const refusal = (code, message) => ({ error: { code, message, hint: "Do something else." } });

const at = (page, hash) => page.waitForFunction((wanted) => location.hash === wanted, hash, { timeout: 5000 });

export async function frameByKeyboard(browser) {
  for (const job of [fixes, unknown, told, held, destinations, adding, activity, settings, locked, broken, palette]) {
    await job(browser);
  }
}

async function fixes({ page: open }) {
  const withFix = (fix) => ({ ...full, verdict: { ok: { ...verdicts.warning, fix } } });
  const page = await open({ answers: withFix({ kind: "back_up", plan: "p1" }) });
  await press(page, "button", "Back up Home records");
  await waitAsked(page, "back_up", { plans: ["p1"] });
  await page.close();

  const resume = await open({ answers: { ...full, verdict: { ok: verdicts.paused } } });
  await press(resume, "button", "Resume Home records");
  await waitAsked(resume, "enable_plan", { id: "p1", enabled: true });
  await resume.close();

  const leads = [
    [{ kind: "show_run", run: "r2" }, "See what happened", "#/runs/r2"],
    [{ kind: "plug_in", destination: "d2" }, "Show Attic NAS", "#/destinations"],
    [{ kind: "add_destination" }, "Add a destination", "#/destinations?add=true"],
    [{ kind: "confirm_kit" }, "Confirm the recovery kit", "#/settings?panel=security"],
    [{ kind: "set_up" }, "Make a plan", "#/plans/new"],
  ];
  for (const [fix, label, hash] of leads) {
    const from = await open({ answers: withFix(fix) });
    await press(from, "button", label);
    await at(from, hash);
    await from.close();
  }
  const clock = await open({ answers: withFix({ kind: "set_clock" }) });
  assert.equal(await clock.locator("main button", { hasText: /clock|back up/i }).count(), 0, "words only");
  await clock.close();

  const failing = await open({ answers: { ...full, back_up: refusal("out_of_space", "Blue disk has no room left.") } });
  await press(failing, "button", "Back up now");
  await failing.getByRole("alert").getByText("Blue disk has no room left.").waitFor();
  await failing.close();
}

/** No green once the verdict cannot be read, although an earlier one was green. */
async function unknown({ page: open }) {
  const page = await open({ answers: full });
  const pill = page.getByRole("complementary").getByRole("status");
  await pill.getByText("Protected").waitFor();
  await page.evaluate((answer) => {
    window.answer("verdict", answer);
    window.tell("changed", { topics: ["verdict"] });
  }, sample.refused);
  await pill.getByText("Not known").waitFor();
  assert.equal(await page.locator('aside [class*="safe"], main section:first-child[class*="safe"]').count(), 0);
  await page.getByRole("heading", { level: 1, name: "Not known" }).waitFor();
  await page.close();
}

/** What is under way stands still, and goes on, from the bar and from the palette. */
async function held({ page: open }) {
  const page = await open({ path: "/destinations", answers: sample.working });
  const bar = page.getByRole("contentinfo", { name: "Work under way" });
  await bar.getByText("about 9 min left").waitFor();
  await page.evaluate((answer) => window.answer("working", answer), sample.held.working);
  await press(page, "button", "Pause");
  await waitAsked(page, "pause_run", { id: "r9" });
  await bar.getByText("Paused at 61%").waitFor();
  assert.equal(await bar.getByText("left").count(), 0, "nobody knows how long it takes");
  await page.getByRole("complementary").getByText("Paused").waitFor();
  assert.equal(await page.getByRole("complementary").getByText("Working").count(), 0);
  // The verdict keeps its word.
  await page.getByRole("complementary").getByText("Out of date").waitFor();
  await page.evaluate(() => window.answer("resume_run", { error: { code: "run_over", message: "It has ended already.", hint: "" } }));
  await press(page, "button", "Resume");
  await bar.getByRole("alert").getByText("It has ended already.").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("resume what");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.asked.filter(({ command }) => command === "resume_run").length === 2);
  await page.evaluate((answer) => {
    window.answer("working", answer);
    window.tell("backup:status", { planId: "p3", runId: "r9", status: "UPLOADING", message: "", timestamp: 0 });
  }, sample.working.working);
  await bar.getByText("about 9 min left").waitFor();
  await bar.getByRole("button", { name: "Pause" }).waitFor();
  await page.close();
}

async function told({ page: open }) {
  const page = await open({ path: "/destinations", answers: sample.working });
  const bar = page.getByRole("contentinfo", { name: "Work under way" });
  await bar.getByText("61%").waitFor();
  const progress = {
    planId: "p3", runId: "r9", status: "UPLOADING", filesScanned: 50_000, filesUploaded: 4000, filesFailed: 6, bytesUploaded: 4e9,
    currentFile: "/home/mara/a", uploadSpeed: 5e6, estimatedTimeRemaining: 120, fraction: 0.9, timestamp: 0, paused: false,
  };
  const before = (await asked(page, "working")).length;
  await page.evaluate((payload) => window.tell("backup:progress", payload), progress);
  await bar.getByText("90%").waitFor();
  await bar.getByText("about 2 min left").waitFor();
  assert.equal((await asked(page, "working")).length, before, "progress asks nothing");
  // The verdict keeps its word beside the work.
  await page.getByRole("complementary").getByText("Out of date").waitFor();
  await page.getByRole("complementary").getByText("Working").waitFor();

  await press(page, "button", "Cancel");
  await waitAsked(page, "cancel_run", { id: "r9" });

  await page.evaluate(() => window.tell("go", { to: "/runs/r9" }));
  await at(page, "#/runs/r9");
  await bar.waitFor({ state: "detached" });

  const verdictsAsked = (await asked(page, "verdict")).length;
  await page.evaluate(() => {
    window.answer("working", { ok: [] });
    window.tell("backup:status", { planId: "p3", runId: "r9", status: "SUCCESS", message: "", timestamp: 0 });
  });
  await page.getByRole("complementary").getByText("Working").waitFor({ state: "detached" });
  assert((await asked(page, "verdict")).length > verdictsAsked, "an ended run asks for the verdict");
  const workingAsked = (await asked(page, "working")).length;
  await page.evaluate(() => window.tell("queue:stats", { waiting: 0, active: 0, completed: 1, failed: 0, timestamp: 0 }));
  await page.evaluate(() => window.tell("queue:stats", { waiting: 1, active: 1, completed: 1, failed: 0, timestamp: 0 }));
  await page.waitForFunction((n) => window.asked.filter(({ command }) => command === "working").length === n, workingAsked + 1);
  await page.close();
}

async function destinations({ page: open }) {
  const page = await open({ path: "/destinations", answers: { ...full, remove_destination: refusal("destination_in_use", "It is used by Home records.") } });
  await press(page, "button", "Test");
  await waitAsked(page, "test_destination", { id: "d1" });
  await page.getByText("Its backups open.").waitFor();

  await press(page, "button", "More for Blue disk");
  await page.getByRole("menuitem", { name: "Rename" }).waitFor();
  await page.keyboard.press("Enter");
  const name = page.getByRole("textbox", { name: "Name" });
  await name.waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === "INPUT");
  await name.fill("");
  await page.keyboard.press("Enter");
  await page.getByText("Give it a name").waitFor();
  await name.fill("Red disk");
  await page.keyboard.press("Enter");
  await waitAsked(page, "rename_destination", { id: "d1", name: "Red disk" });
  await name.waitFor({ state: "detached" });

  await press(page, "button", "More for Blue disk");
  for (const name of ["Clean up…", "Open folder", "Remove"]) {
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction((label) => document.activeElement.textContent === label, name);
  }
  await page.keyboard.press("Enter");
  // What uses it is shown, and nothing is asked of the program.
  await page.getByRole("dialog").getByText("2 plans copy there:").waitFor();
  await page.keyboard.press("Escape");
  await reaches(page, "More for Blue disk");
  assert.equal((await asked(page, "remove_destination")).length, 0);

  const removeUnused = async () => {
    await press(page, "button", /More for Sicherungen/);
    await page.waitForFunction(() => document.activeElement.role === "menuitem");
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.activeElement.textContent === "Remove");
    await page.keyboard.press("Enter");
  };
  await removeUnused();
  await page.getByRole("alert").getByText("It is used by Home records.").waitFor();
  await page.evaluate((answer) => window.answer("remove_destination", answer), full.remove_destination);
  await removeUnused();
  await page.getByText(/^Removed “Sicherungen/).waitFor();
  await press(page, "button", "Undo");
  const { path, name: called } = sample.destinations[2];
  await waitAsked(page, "add_destination", { path: { path }, name: called, adopt: null });

  await press(page, "button", "Browse backups");
  await at(page, "#/restore?destination=d1");
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function adding({ page: open }) {
  const page = await open({ path: "/destinations", answers: full });
  await press(page, "button", "Add destination");
  const submit = page.locator("form").getByRole("button", { name: "Add destination" });
  await page.getByRole("radio", { name: /Blue disk/ }).focus();
  await page.keyboard.press("Space");
  assert.equal((await asked(page, "try_place")).length, 0, "a destination is not offered again");
  await page.getByRole("radio", { name: /Rote Platte/ }).focus();
  await page.keyboard.press("Space");
  await waitAsked(page, "try_place", { path: { path: "/run/media/mara/Rote Platte" } });
  await page.getByText("Works: 84 MB/s.").waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill("Red");
  await submit.focus();
  await page.keyboard.press("Enter");
  await waitAsked(page, "add_destination", { path: { path: "/run/media/mara/Rote Platte" }, name: "Red", adopt: null });
  await at(page, "#/destinations");
  await page.close();
}

async function activity({ page: open }) {
  const many = await open({ path: "/activity", answers: { ...full, ...sample.pages(10_000) } });
  const list = many.getByRole("region", { name: "Lines of the log" });
  await list.focus();
  for (let page = 0; page < 200; page += 1) {
    await many.keyboard.press("End");
    await many.waitForTimeout(20);
    if (await list.getByText("10,000 lines, all there are").isVisible()) break;
  }
  await list.getByText("10,000 lines, all there are").waitFor({ timeout: 5000 });
  assert((await many.getByRole("listitem").count()) < 80, "only lines in sight are drawn");
  assert.deepEqual(many.wrong, []);
  await many.close();

  const page = await open({ path: "/activity", answers: full });
  const wanted = (change) => ({ filter: { levels: [], plan: null, contains: null, limit: 200, before: null, ...change } });
  await page.getByRole("listitem").first().waitFor();
  await press(page, "radio", "Everything", "ArrowRight");
  await waitAsked(page, "activity", wanted({ levels: ["warning", "error"] }));
  await press(page, "radio", "Warnings", "ArrowRight");
  await waitAsked(page, "activity", wanted({ levels: ["error"] }));
  await page.getByRole("combobox", { name: "Plan" }).selectOption("p3");
  await waitAsked(page, "activity", wanted({ levels: ["error"], plan: "p3" }));
  await page.getByRole("searchbox").focus();
  await page.keyboard.type("room");
  await waitAsked(page, "activity", wanted({ levels: ["error"], plan: "p3", contains: "room" }));
  assert.equal((await asked(page, "activity")).filter(({ filter }) => filter.contains === "ro").length, 0, "asks when the hands rest");
  await page.getByRole("listitem").first().getByRole("link").focus();
  await page.keyboard.press("Enter");
  await at(page, "#/runs/r0");
  await page.close();
}

async function settings({ page: open }) {
  const page = await open({ path: "/settings", answers: full });
  await press(page, "switch", "Start at login", "Space");
  await waitAsked(page, "set_start_at_login", { on: false });
  await page.getByRole("switch", { name: "Start at login", checked: false }).waitFor();
  await press(page, "button", "Send test");
  await waitAsked(page, "send_test_notification", {});
  await press(page, "button", "Save kit as PDF");
  await waitAsked(page, "save_kit", { places: [], remotes: [] });
  await press(page, "button", "Open it to print");
  await waitAsked(page, "show_kit", {});

  assert.equal((await asked(page, "kit_words")).length, 0, "the words are not asked for by themselves");
  await press(page, "button", "Show the words");
  await page.getByText("thistle").waitFor();
  await press(page, "button", "Hide the words");
  await page.getByText("thistle").waitFor({ state: "detached" });
  await press(page, "button", "Show the words");
  await page.getByText("thistle").waitFor();
  await press(page, "link", "Overview");
  await press(page, "link", "Settings");
  await page.getByRole("button", { name: "Show the words" }).waitFor();
  assert.equal(await page.getByText("thistle").count(), 0, "the words are gone once the screen was left");

  await page.evaluate((answer) => window.answer("confirm_kit", answer), refusal("wrong_kit_word", "Word 7 is another one."));
  await press(page, "button", "Show the words");
  await page.getByText("thistle").waitFor();
  await press(page, "button", "Confirm two words");
  await page.getByText("thistle").waitFor({ state: "detached" });
  await page.getByLabel("Word 3").fill("orchard");
  await page.getByLabel("Word 7").fill("harbor");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Word 7 is another one.").waitFor();
  await page.evaluate((answer) => window.answer("confirm_kit", answer), full.confirm_kit);
  await page.getByLabel("Word 7").fill("harbour");
  await page.keyboard.press("Enter");
  await waitAsked(page, "confirm_kit", { answers: [{ position: 2, word: "orchard" }, { position: 6, word: "harbour" }] });
  await page.getByText("Confirmed. The paper is right.").waitFor();

  await press(page, "button", "Show folder");
  await waitAsked(page, "show_folder", { path: { path: "/home/mara/.local/share/keepstead" } });
  assert.deepEqual(page.wrong, []);
  await page.close();

  const bare = await open({ path: "/settings", answers: sample.empty });
  await bare.getByText("This desktop shows no tray").waitFor();
  await press(bare, "switch", "Start at login", "Space");
  assert.equal((await asked(bare, "set_start_at_login")).length, 0);
  await bare.close();
}

async function locked({ page: open }) {
  const page = await open({ answers: { ...full, ...sample.locked, unlock: refusal("wrong_passphrase", "These are not the words of this computer’s kit.") } });
  assert.equal(await page.getByRole("complementary").count(), 0, "no sidebar");
  const field = page.getByLabel("The eight words of the recovery kit");
  await page.keyboard.press("Enter");
  await page.getByText("Type the eight words first.").waitFor();
  await page.keyboard.type("one two three");
  assert.equal(await field.getAttribute("type"), "password");
  await page.keyboard.press("Enter");
  await page.getByText("These are not the words").waitFor();
  await waitAsked(page, "unlock", { words: "one two three" });
  await press(page, "button", "Show the words");
  assert.equal(await field.getAttribute("type"), "text");
  await press(page, "button", "Ask the keychain again");
  await page.getByText("still does not give the key").waitFor();
  await page.evaluate((state) => {
    window.answer("app_state", { ok: state });
    window.answer("unlock", { ok: state });
  }, { version: "1.2.3", backup_format: 2, phase: "ready", problem: null, keychain: "off", data_folder: { path: "/d" } });
  await field.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("complementary").waitFor();
  await page.getByRole("heading", { level: 1, name: "Protected" }).waitFor();
  assert.deepEqual(page.wrong, []);
  await page.close();
}

async function broken({ page: open }) {
  const page = await open({ answers: sample.broken });
  await press(page, "button", /Set the damaged file aside/);
  await press(page, "button", "Leave it");
  assert.equal((await asked(page, "set_database_aside")).length, 0);
  await press(page, "button", /Set the damaged file aside/);
  await press(page, "button", "Set it aside");
  await page.getByTitle("/home/mara/.local/share/keepstead/keepstead.db.damaged-2026-11-25").waitFor();
  await press(page, "button", "Start anew");
  await waitAsked(page, "open_again", {});
  await page.close();

  const newer = await open({ answers: sample.newer });
  await newer.getByRole("button", { name: "Try again" }).waitFor();
  assert.equal(await newer.getByRole("button", { name: /aside/ }).count(), 0, "only a damaged file is set aside");
  await newer.close();
}

async function palette({ page: open }) {
  const type = async (page, text) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find anything" }).waitFor();
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  const page = await open({ answers: full });
  await type(page, "back up home");
  await waitAsked(page, "back_up", { plans: ["p1"] });
  await type(page, "everything now");
  await waitAsked(page, "back_up", { plans: [] });
  for (const [text, hash] of [["new plan", "#/plans/new"], ["add a dest", "#/destinations?add=true"], ["restore files", "#/restore"], ["dokumente", "#/plans/p2"], ["attic", "#/destinations"], ["activ", "#/activity"]]) {
    await type(page, text);
    await at(page, hash);
    await page.waitForFunction(() => document.activeElement.tagName === "MAIN");
  }
  await page.evaluate((answer) => window.answer("back_up", answer), refusal("app_locked", "The key is not open."));
  await type(page, "everything now");
  await page.getByRole("status").getByText("The key is not open.").waitFor();
  await press(page, "button", "Dismiss");
  await page.close();
}
