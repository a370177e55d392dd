// Plans, their editor, and the folder browser.

import { plansByKeyboard } from "./plans-keyboard.mjs";
import { deepFolder, largeFolder } from "./sample/folders.mjs";
import { calm, empty, failing, full, many, slow } from "./sample/plans.mjs";
import { everywhere } from "./window.mjs";


export async function plans(browser) {
  await looks(browser);
  await plansByKeyboard(browser);
}

const shows = (text) => (page) => page.getByText(text).first().waitFor();
const late = (page) => page.waitForTimeout(400);
const editorOf = "/plans/documents";

async function chooseInMenu(page, plan, entry) {
  await page.getByRole("button", { name: `More for ${plan}` }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}
async function addFolder(page) {
  await page.getByRole("button", { name: "Add folder" }).click();
  await page.getByRole("option").first().waitFor();
}
async function typePath(page, path) {
  await page.getByLabel("Path").fill(path);
  await page.keyboard.press("Enter");
}

/** Each state: answers, address, and what is done before it is looked at. */
const states = {
  "plans-calm": [calm, "/plans", shows("all protected")],
  plans: [full, "/plans", shows("Destination missing")],
  "plans-rail": [calm, "/plans", shows("all protected"), "rail"],
  "plans-empty": [empty, "/plans", shows("Nothing is copied yet")],
  "plans-failing": [failing, "/plans", shows("could not be read")],
  "plans-slow": [slow, "/plans", late],
  "plans-runs": [full, "/plans", async (page) => {
    await chooseInMenu(page, "Documents", "Show runs");
    await shows("Finished with skipped files")(page);
  }],
  "plans-runs-failing": [{ ...failing, plans: full.plans }, "/plans", async (page) => {
    await chooseInMenu(page, "Documents", "Show runs");
    await shows("The database is in use")(page);
  }],
  "plans-table": [full, "/plans", (page) => page.getByRole("button", { name: "Show as table" }).first().click()],
  "plans-remove": [full, "/plans", (page) => chooseInMenu(page, "Documents", "Remove plan")],
  "plans-refused": [{ ...full, back_up: failing.plans }, "/plans", async (page) => {
    await page.getByRole("button", { name: "Back up now: Documents" }).click();
    await shows("The database is in use")(page);
  }],
  "plans-many": [many(200), "/plans", shows("200 plans")],
  editor: [full, editorOf, shows("18,206")],
  "editor-typing": [full, editorOf, async (page) => {
    await page.getByLabel("New rule").fill("*.tmp");
    await shows("would leave out 23 files")(page);
  }],
  "editor-bad-rule": [full, editorOf, async (page) => {
    await page.getByLabel("New rule").fill("[a");
    await page.keyboard.press("Enter");
    await shows("is not a pattern")(page);
  }],
  "editor-where": [full, editorOf, async (page) => {
    await page.getByRole("tab", { name: "Where" }).click();
    await shows("last copy")(page);
  }],
  "editor-where-nudge": [full, editorOf, async (page) => {
    await page.getByRole("tab", { name: "Where" }).click();
    for (const name of ["Attic NAS", "Blue disk", "This computer"]) await page.getByRole("checkbox", { name }).click();
    await shows("off this computer’s disk")(page);
  }],
  "editor-where-empty": [{ ...full, destinations: empty.destinations }, editorOf, async (page) => {
    await page.getByRole("tab", { name: "Where" }).click();
    await shows("There is no destination yet")(page);
  }],
  "editor-where-failing": [{ ...full, destinations: failing.destinations }, editorOf, async (page) => {
    await page.getByRole("tab", { name: "Where" }).click();
    await shows("The database is in use")(page);
  }],
  "editor-taken": [{ ...full, save_plan: { error: { code: "name_taken", message: "The name “Photos” is taken. Nothing was changed.", hint: "Choose another one." } } }, editorOf, async (page) => {
    await page.getByLabel("Name").fill("Photos");
    await page.getByRole("button", { name: "Save plan" }).click();
    await shows("is taken")(page);
  }],
  "editor-new": [full, "/plans/new", shows("no folder yet")],
  "editor-gone": [full, "/plans/gone", shows("There is no such plan")],
  "editor-failing": [failing, editorOf, shows("This plan could not be read")],
  "editor-not-counted": [{ ...full, measure: failing.plans }, editorOf, shows("The database is in use")],
  "editor-slow": [slow, editorOf, late],
  "editor-counting": [{ ...full, measure: "never" }, editorOf, late],
  folders: [full, editorOf, addFolder],
  "folders-marked": [full, editorOf, async (page) => {
    await addFolder(page);
    await page.getByRole("option", { name: "Documents" }).click();
  }],
  "folders-unreadable": [full, editorOf, async (page) => {
    await addFolder(page);
    await page.getByRole("option", { name: "Private" }).click();
  }],
  "folders-refused": [full, editorOf, async (page) => {
    await addFolder(page);
    await typePath(page, "/nowhere");
    await shows("is not there")(page);
  }],
  "folders-deep": [full, editorOf, async (page) => {
    await addFolder(page);
    await typePath(page, deepFolder);
    await shows("Dach.jpg")(page);
  }],
  "folders-empty": [full, editorOf, async (page) => {
    await addFolder(page);
    await typePath(page, "/home/mara/Documents/House");
    await shows("Nothing is in this folder")(page);
  }],
  "folders-large": [{ ...full, 'list_folder {"path":null,"hidden":false}': largeFolder(10_000) }, editorOf, addFolder],
  "folders-failing": [{ ...full, 'list_folder {"path":null,"hidden":false}': failing.plans }, editorOf, async (page) => {
    await page.getByRole("button", { name: "Add folder" }).click();
    await shows("The database is in use")(page);
  }],
  "folders-slow": [{ ...full, 'list_folder {"path":null,"hidden":false}': "never" }, editorOf, async (page) => {
    await page.getByRole("button", { name: "Add folder" }).click();
    await late(page);
  }],
};

async function looks(browser) {
  for (const [name, [answers, path, ready, sidebar]] of Object.entries(states)) {
    await everywhere(browser, name, { answers, path, ...(sidebar && { sidebar }) }, ready);
  }
}
