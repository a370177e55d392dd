// Plans, their editor and the folder browser without a mouse, and what they ask of the program.

import assert from "node:assert/strict";

import { asked, reaches } from "./keys.mjs";
import { folder, largeFolder } from "./sample/folders.mjs";
import { destinations, documents, empty, full, run } from "./sample/plans.mjs";

const editorOf = "/plans/documents";

export async function plansByKeyboard(browser) {
  await list(browser);
  await editor(browser);
  await saving(browser);
  await browsing(browser);
}

const at = (page) => page.evaluate(() => document.activeElement.ariaLabel || document.activeElement.innerText);
/** A folder is in the list, and the list answers keys again. */
const reads = (page, name) => page.locator(`[role=listbox][aria-busy=false][aria-label="Contents of ${name}"]`).waitFor();
const address = (page, hash) => page.waitForFunction((wanted) => location.hash === wanted, hash);

/** Backing up, pausing, runs and removing, without a mouse. */
async function list({ page: open }) {
  const page = await open({ answers: full, path: "/plans" });
  await page.getByRole("button", { name: "Back up now: Documents" }).focus();
  await page.keyboard.press("Enter");
  await address(page, "#/runs/run-7");
  assert.deepEqual(await asked(page, "back_up"), [{ plans: ["documents"] }]);
  await page.goBack();

  const more = page.getByRole("button", { name: "More for Documents" });
  const choose = async (entry) => {
    await more.focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.role === "menuitem");
    // The menu moves its focus a moment after the key.
    for (let step = 0; step < 5 && (await at(page)) !== entry; step += 1) {
      await page.keyboard.press("ArrowDown");
      await page.waitForTimeout(50);
    }
    await page.keyboard.press("Enter");
  };
  await choose("Pause plan");
  await page.waitForFunction(() => window.asked.some(({ command }) => command === "enable_plan"));
  assert.deepEqual(await asked(page, "enable_plan"), [{ id: "documents", enabled: false }]);

  await choose("Show runs");
  const runs = page.getByRole("region", { name: "Runs of Documents" });
  await runs.getByRole("link").nth(9).waitFor();
  await runs.getByRole("button", { name: "Show earlier runs" }).focus();
  await page.keyboard.press("Enter");
  await runs.getByRole("link").nth(13).waitFor();
  assert.equal(await runs.getByRole("button").count(), 0, "there are no earlier ones");

  await choose("Remove plan");
  const question = page.getByRole("region", { name: "Remove “Documents”?" });
  await question.waitFor();
  await reaches(page, "Keep plan");
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  await reaches(page, "More for Documents");
  assert.equal((await asked(page, "remove_plan")).length, 0);
  await choose("Remove plan");
  await question.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Removed “Documents”. Its backups stay.").waitFor();
  assert.deepEqual(await asked(page, "remove_plan"), [{ id: "documents" }]);
  await page.close();

  // While it runs, its card leads to the run.
  const running = await open({ answers: { ...full, working: { ok: [run("run-8", "RUNNING", "2026-11-25T13:59:00Z")] } }, path: "/plans" });
  await running.getByRole("button", { name: "Show the run: Documents" }).click();
  await address(running, "#/runs/run-8");
  await running.close();

  const none = await open({ answers: empty, path: "/plans" });
  await none.getByRole("button", { name: "Make the first plan" }).focus();
  await none.keyboard.press("Enter");
  await address(none, "#/plans/new");
  await none.close();
}

/** What the editor shows follows what is typed; nothing that was changed is lost. */
async function editor({ page: open }) {
  const page = await open({ answers: full, path: editorOf });
  await page.getByText("18,206").waitFor();
  const sentence = page.getByRole("region", { name: "This plan in words" });
  const says = async () => (await sentence.innerText()).replace(/\s+/g, " ");
  assert.equal(await says(), "Copies Documents and Desktop, without 4 kinds of files, to Attic NAS and Blue disk, whenever you back it up.");

  await sentence.getByRole("button", { name: "Attic NAS" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("tabpanel", { name: "Where" }).waitFor();
  await page.waitForFunction(() => document.activeElement.role === "tabpanel");
  await page.getByRole("checkbox", { name: "Blue disk" }).focus();
  await page.keyboard.press("Space");
  assert.match(await says(), /to Attic NAS, whenever/);
  await page.getByRole("tab", { name: "Where" }).focus();
  await page.keyboard.press("ArrowLeft");

  const before = (await asked(page, "measure")).length;
  await page.getByLabel("New rule").focus();
  await page.keyboard.type("*.tmp", { delay: 60 });
  await page.getByText("would leave out 23 files").waitFor();
  const measures = (await asked(page, "measure")).slice(before);
  assert.deepEqual(measures, [{ slot: "plan", folders: documents.source_paths, excludes: [...documents.excludes, "*.tmp"] }], "one count for all that was typed");
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("row", { name: "*.tmp" }).last().getByRole("cell").nth(1).innerText(), "23");
  await page.close();

  // A bad rule is refused at its row, and the count does not pretend.
  const bad = await open({ answers: full, path: editorOf });
  await bad.getByLabel("New rule").fill("[a");
  await bad.getByText("is not a pattern").waitFor();
  assert.equal(await bad.getByLabel("New rule").getAttribute("aria-invalid"), "true");
  await bad.keyboard.press("Enter");
  assert.equal(await bad.getByRole("row").count(), 5, "a refused rule is not added");
  await bad.getByText("Not counted while").waitFor();

  // Leaving keeps what was changed; discarding takes it back.
  await bad.getByLabel("Name").fill("Paper");
  await bad.getByRole("navigation", { name: "Where you are" }).getByRole("button", { name: "Plans" }).click();
  await bad.getByRole("link", { name: "Documents" }).click();
  await bad.getByText("These changes are not saved yet").waitFor();
  assert.equal(await bad.getByLabel("Name").inputValue(), "Paper");
  await bad.getByRole("button", { name: "Discard changes" }).focus();
  await bad.keyboard.press("Enter");
  assert.equal(await bad.getByLabel("Name").inputValue(), "Documents");
  await bad.getByText("Nothing has changed").waitFor();
  await bad.close();
}

/** Saving, and making a plan from nothing, without a mouse. */
async function saving({ page: open }) {
  const taken = { code: "name_taken", message: "The name “Documents” is taken. Nothing was changed.", hint: "Choose another one." };
  const page = await open({ answers: { ...full, save_plan: { error: taken } }, path: "/plans/new" });
  await page.getByText("Give the plan a name").waitFor();
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Documents");
  await page.getByText("at least one folder").waitFor();
  await page.getByRole("button", { name: "Add folder" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: "Documents" }).waitFor();
  await page.keyboard.type("doc");
  await page.getByRole("option", { name: "Documents", selected: true }).waitFor();
  for (const name of ["Cancel", "Add this folder"]) {
    while ((await at(page)) !== name) await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByText("at least one destination").waitFor();
  await reaches(page, "Add folder");
  await page.getByRole("tab", { name: "What" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("checkbox", { name: "Attic NAS" }).focus();
  await page.keyboard.press("Space");
  const make = page.getByRole("button", { name: "Make plan" });
  await make.focus();
  await page.keyboard.press("Enter");
  await page.getByText("is taken").waitFor();
  assert.equal(await page.getByLabel("Name").getAttribute("aria-invalid"), "true", "the refusal stands at the name");
  await page.evaluate((saved) => window.answer("save_plan", { ok: saved }), documents);
  await page.getByLabel("Name").fill("Paper");
  await make.focus();
  await page.keyboard.press("Enter");
  await address(page, "#/plans");
  const draft = { description: "", sources: [{ path: "/home/mara/Documents" }], excludes: [], destinations: [destinations[0].id] };
  assert.deepEqual(await asked(page, "save_plan"), [
    { id: null, draft: { name: "Documents", ...draft } },
    { id: null, draft: { name: "Paper", ...draft } },
  ]);
  await page.getByRole("button", { name: "New plan" }).click();
  assert.equal(await page.getByLabel("Name").inputValue(), "", "what was saved is no draft any more");
  await page.close();

  const change = await open({ answers: full, path: editorOf });
  await change.getByRole("button", { name: "Take /home/mara/Desktop out of the plan" }).click();
  await change.getByRole("button", { name: "Save plan" }).click();
  await change.getByText("Saved.").waitFor();
  const [{ id, draft: sent }] = await asked(change, "save_plan");
  assert.equal(id, "documents");
  assert.deepEqual(sent.sources, [{ path: "/home/mara/Documents" }]);
  assert.deepEqual(sent.destinations, ["nas", "blue"]);
  await change.close();
}

/** The folder browser by keyboard alone, and with ten thousand entries. */
async function browsing({ page: open }) {
  const page = await open({ answers: full, path: "/plans/new" });
  await page.getByRole("button", { name: "Add folder" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: "Documents" }).waitFor();
  const marked = (name) => page.getByRole("option", { name, selected: true }).waitFor();
  await page.waitForFunction(() => document.activeElement.role === "listbox");
  await page.keyboard.press("ArrowDown");
  await marked("Desktop");
  await page.keyboard.press("End");
  await marked("To do.txt");
  await page.keyboard.press("Home");
  await page.keyboard.type("vi");
  await marked("Videos");
  await page.waitForTimeout(900);
  await page.keyboard.type("doc");
  await marked("Documents");
  await page.keyboard.press("Enter");
  await reads(page, "Documents");
  await page.keyboard.press("Backspace");
  await reads(page, "mara");
  await marked("Documents");

  // What may not be read says so, and one stays where one was.
  await page.waitForTimeout(900);
  await page.keyboard.type("priv");
  await marked("Private");
  await page.getByText("Keepstead may not read this folder").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("may not be read by this account").waitFor();
  await reads(page, "mara");

  // Typed paths: with blanks, with ~, and one that is far too long.
  await page.getByLabel("Path").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("  ~/Documents ");
  await page.keyboard.press("Enter");
  await reads(page, "Documents");
  assert.equal(await page.getByLabel("Path").inputValue(), "/home/mara/Documents");
  await page.keyboard.press("/");
  assert.equal(await page.getByLabel("Path").inputValue(), "/", "a slash begins a path");
  await page.keyboard.type("a".repeat(300));
  await page.keyboard.press("Enter");
  await page.getByText("is not there").waitFor();
  assert.equal((await page.getByLabel("Path").inputValue()).length, 301, "what was typed stays");
  assert.deepEqual((await asked(page, "list_folder")).at(-1), { path: { path: `/${"a".repeat(300)}` }, hidden: false });

  await page.getByRole("checkbox", { name: "Show hidden" }).focus();
  await page.evaluate((listing) => window.answer('list_folder {"path":{"path":"/home/mara/Documents"},"hidden":true}', { ok: listing }), folder("/home/mara/Documents", [".secret/", "House/"]));
  await page.keyboard.press("Space");
  await page.getByRole("option", { name: ".secret" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await reaches(page, "Add folder");
  await page.close();

  const large = await open({ answers: { ...full, 'list_folder {"path":null,"hidden":false}': largeFolder(10_000) }, path: "/plans/new" });
  await large.getByRole("button", { name: "Add folder" }).click();
  await large.getByRole("option", { name: "Zürich" }).waitFor();
  assert((await large.getByRole("option").count()) < 60, "only what is in sight is drawn");
  await large.keyboard.press("End");
  const last = large.getByRole("option", { selected: true });
  await last.waitFor();
  assert.equal(await last.getAttribute("aria-posinset"), "10000");
  await large.keyboard.type("img_04");
  assert.match(await large.getByRole("option", { selected: true }).innerText(), /IMG_04000/);
  await large.close();
}
