// From nothing to the first backup, in three steps.

import assert from "node:assert/strict";

import { asked, tabTo } from "./keys.mjs";
import { begunWithNotes, blueDisk, counting, empty, failing, full, slow, words } from "./sample/welcome.mjs";
import { welcomeRemote } from "./welcome-remote.mjs";
import { everywhere } from "./window.mjs";


export async function welcome(browser) {
  await looks(browser);
  await welcomeRemote(browser);
  await byKeyboard(browser);
  await refusals(browser);
  await keepsWords(browser);
}

const heading = (page, name) => page.getByRole("heading", { level: 2, name }).waitFor();
const go = (page) => page.getByRole("button", { name: "Continue" }).click();

async function toKey(page) {
  await page.getByRole("checkbox", { name: "Documents" }).waitFor();
  await go(page);
  await page.getByText("Writes 118 MB/s").waitFor();
  await go(page);
  await heading(page, "Keep the key to your copies");
}

async function type(page, third, seventh) {
  await page.getByLabel("Word 3").fill(third);
  await page.getByLabel("Word 7").fill(seventh);
}

/** Each state, how to get there, and what is seen then. */
const states = {
  "1-what": [full, (page) => page.getByText("653 GB").waitFor()],
  "1-what-counting": [counting, (page) => page.getByText("still counting").waitFor()],
  "1-what-folders": [full, async (page) => {
    await page.getByRole("button", { name: "Add another folder" }).click();
    await page.getByRole("option", { name: "写真" }).waitFor();
  }],
  "1-what-empty": [empty, (page) => page.getByText("No usual folders").waitFor()],
  "1-what-failing": [failing, (page) => page.getByText("could not be looked up").waitFor()],
  "1-what-slow": [slow, (page) => page.waitForTimeout(400)],
  "2-where": [full, async (page) => {
    await page.getByText("653 GB").waitFor();
    await go(page);
    await page.getByRole("checkbox", { name: "Attic NAS" }).click();
    await page.getByText("Writes 118 MB/s").waitFor();
  }],
  "2-where-advice": [full, async (page) => {
    await page.getByText("653 GB").waitFor();
    await go(page);
    await page.getByRole("checkbox", { name: "Blue disk" }).click();
    await page.getByRole("checkbox", { name: "Großmutters" }).click();
    await page.getByRole("checkbox", { name: "own disk" }).click();
    await page.getByText("is too small").first().waitFor();
  }],
  "2-where-refused": [full, async (page) => {
    await go(page);
    await page.getByRole("checkbox", { name: "Camera card" }).click();
    await page.getByText("Slide the card’s lock up").waitFor();
  }],
  "2-where-empty": [{ ...empty, suggested_folders: full.suggested_folders }, async (page) => {
    await go(page);
    await page.getByText("No other disk or share was found").waitFor();
  }],
  "2-where-failing": [{ ...full, places: failing.places }, async (page) => {
    await go(page);
    await page.getByText("The disks could not be looked up").waitFor();
  }],
  "2-where-slow": [{ ...full, places: "never" }, async (page) => {
    await go(page);
    await page.waitForTimeout(400);
  }],
  "3-key": [full, async (page) => {
    await toKey(page);
    await type(page, "orchard", "harb");
  }],
  "3-key-saved": [full, async (page) => {
    await toKey(page);
    await page.getByRole("button", { name: "Save the kit as PDF" }).click();
    await page.getByText("Saved as").waitFor();
    await type(page, "Orchard ", "harbor");
    await page.getByLabel("Word 3").focus();
    await page.getByText("That is not word 7").waitFor();
  }],
  "3-key-failing": [{ ...full, new_kit: failing.new_kit }, async (page) => {
    await toKey(page);
    await page.getByText("The words could not be made").waitFor();
  }],
  "3-key-slow": [{ ...full, new_kit: "never" }, async (page) => {
    await toKey(page);
    await page.waitForTimeout(400);
  }],
  "4-begun": [{ ...full, begin: begunWithNotes }, async (page) => {
    await toKey(page);
    await type(page, "orchard", "harbour");
    await page.getByRole("button", { name: "Start" }).click();
    await heading(page, "The first backup has begun");
  }],
};

async function looks(browser) {
  for (const [name, [answers, ready]] of Object.entries(states)) {
    await everywhere(browser, `welcome-${name}`, { answers, path: "/" }, ready);
  }
}

/** The whole way without a mouse, and no typing but the two words. */
async function byKeyboard({ page: open }) {
  const page = await open({ answers: full });
  await page.getByText("653 GB").waitFor();
  await tabTo(page, "Continue");
  await page.keyboard.press("Enter");
  await heading(page, "Where should the copies go?");
  await page.getByText("Writes 118 MB/s").waitFor();
  await tabTo(page, "Continue");
  await page.keyboard.press("Enter");
  await heading(page, "Keep the key to your copies");
  await tabTo(page, "Save the kit as PDF");
  await page.keyboard.press("Enter");
  await page.getByText("Saved as").waitFor();
  await tabTo(page, "Open it to print");
  await page.keyboard.press("Enter");
  await tabTo(page, "Word 3");
  await page.keyboard.type("orchard");
  await page.keyboard.press("Tab");
  await page.keyboard.type("harbour");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash === "#/runs/run-1");
  assert.deepEqual(await asked(page, "save_kit"), [{ places: [{ path: blueDisk }], remotes: [] }]);
  assert.equal((await asked(page, "show_kit")).length, 1);
  const chosen = ["Documents", "Desktop", "Pictures"].map((name) => ({ path: `/home/mara/${name}` }));
  assert.deepEqual(await asked(page, "begin"), [
    {
      beginning: {
        name: "My files",
        sources: chosen,
        excludes: [],
        places: [{ path: blueDisk }],
        remotes: [],
        answers: [{ position: 2, word: "orchard" }, { position: 6, word: "harbour" }],
      },
    },
  ]);
  assert.equal((await asked(page, "app_state")).length, 2, "the window asks anew how far it is opened");
  await page.close();
}

/** What is refused is said where it belongs, and nothing that was chosen or typed is lost. */
async function refusals({ page: open }) {
  const wrongWord = { code: "wrong_kit_word", message: "Word 3 is another one.", hint: "Look at the paper." };
  const outOfSpace = { code: "out_of_space", message: "Blue disk has no room left. It has not begun.", hint: "Choose another place." };
  const page = await open({ answers: { ...full, begin: { error: wrongWord } } });
  await page.getByText("653 GB").waitFor();
  await page.getByRole("checkbox", { name: "Desktop" }).click();
  await page.getByText("651 GB").waitFor();
  await page.getByRole("button", { name: "Add another folder" }).click();
  const browser = page.getByRole("dialog", { name: "Add another folder" });
  await browser.getByRole("option", { name: "Documents" }).dblclick();
  await browser.getByRole("option", { name: "House" }).click();
  await browser.getByRole("button", { name: "Add this folder" }).click();
  const house = page.getByRole("checkbox", { name: "House" });
  assert(await house.isChecked(), "what was added is chosen");
  await page.getByText("651 GB").waitFor();
  await house.click();
  await toKey(page);

  // Nothing is said against a word while it is typed.
  await page.getByLabel("Word 3").fill("orch");
  assert.equal(await page.getByText("That is not word 3").count(), 0);
  await page.getByLabel("Word 7").focus();
  await page.getByText("That is not word 3").waitFor();
  await page.getByText("Type both words first").waitFor();
  await page.keyboard.press("Enter");
  assert.equal((await asked(page, "begin")).length, 0, "a wrong word starts nothing");
  await type(page, "orchard", "harbour");
  await page.keyboard.press("Enter");
  await page.getByText("Word 3 is another one.").waitFor();
  const field = page.getByLabel("Word 3");
  assert.equal(await field.getAttribute("aria-invalid"), "true", "the refusal stands at its field");
  assert.equal(await field.inputValue(), "orchard");

  await page.evaluate((error) => window.answer("begin", { error }), outOfSpace);
  await page.getByRole("button", { name: "Back" }).click();
  assert(await page.getByRole("checkbox", { name: "Blue disk" }).isChecked());
  await page.getByRole("button", { name: "Back" }).click();
  assert(!(await page.getByRole("checkbox", { name: "Desktop" }).isChecked()), "what was left out stays left out");
  await go(page);
  await go(page);
  assert.equal(await page.getByLabel("Word 7").inputValue(), "harbour");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("Blue disk has no room left").waitFor();
  assert.deepEqual((await asked(page, "begin")).at(-1).beginning.sources, [{ path: "/home/mara/Documents" }, { path: "/home/mara/Pictures" }]);
  assert.equal(page.url().split("#")[1], "/", "nothing has moved");

  // The camera card refuses; one does not go on with it.
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("checkbox", { name: "Camera card" }).click();
  await page.getByText("Camera card did not take the test file").waitFor();
  await page.getByRole("button", { name: "Continue" }).focus();
  await page.keyboard.press("Enter");
  await heading(page, "Where should the copies go?");
  await page.close();
}

/** The eight words stand on this screen and nowhere else. */
async function keepsWords({ page: open }) {
  const page = await open({ answers: { ...full, begin: begunWithNotes } });
  await toKey(page);
  await type(page, "orchard", "harbour");
  await page.getByRole("button", { name: "Start" }).click();
  await heading(page, "The first backup has begun");
  await page.getByText("This computer has no keychain").waitFor();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.title, history.state]) + document.body.innerText);
  for (const word of words) assert(!kept.includes(word), `${word} was kept`);
  await page.getByRole("button", { name: "Open Keepstead" }).focus();
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#/runs/run-1");
  await page.close();
}
