// The second step of Welcome with places on servers and in clouds: described, tried, listed, changed, taken out.

import assert from "node:assert/strict";

import { asked, press, reaches, tabTo, waitAsked } from "./keys.mjs";
import { failing, full, kinds, remoteTroubles, roomy } from "./sample/welcome.mjs";
import { everywhere, only } from "./window.mjs";

export async function welcomeRemote(browser) {
  for (const [name, [answers, ready]] of Object.entries(states)) {
    await everywhere(browser, `welcome-2-where-remote-${name}`, { answers: { ...full, ...answers }, path: "/" }, ready);
  }
  if (only.test("keyboard")) for (const job of [byKeyboard, mended, corrected, changed]) await job(browser);
}

const heading = (page, name) => page.getByRole("heading", { level: 2, name }).waitFor();
const fill = (page, label, text) => page.getByLabel(label, { exact: true }).fill(text);
const test = (page) => press(page, "button", "Test connection");
const use = (page) => press(page, "button", "Use this place");

async function toPlaces(page) {
  await page.getByText("653 GB").waitFor();
  await press(page, "button", "Continue");
  await page.getByText("Writes 118 MB/s").waitFor();
}

/** To the form of a kind, or to the choice of one. */
async function describe(page, kind) {
  await press(page, "button", "Server or cloud");
  await page.getByRole("radio", { name: /^WebDAV/ }).waitFor();
  if (kind) await page.getByRole("radio", { name: kinds.find(({ id }) => id === kind).label }).press("Space");
}

/** From the list to the list again, with one more in it. */
async function add(page, kind, fields, name) {
  await describe(page, kind);
  for (const [label, text] of Object.entries(fields)) await fill(page, label, text);
  await test(page);
  await page.getByText(" works: ").waitFor();
  if (name) await fill(page, "Name", name);
  await use(page);
  await heading(page, "Where should the copies go?");
}

const bucket = { "Access key ID": "AKIA", "Secret access key": "hush", Bucket: "okafor-backups" };
const nas = { Server: "keller-nas.fritz.box", User: "großmutter" };

/** Each state, what is answered otherwise, how to get there, and what is seen then. */
const states = {
  kinds: [{}, async (page) => {
    await toPlaces(page);
    await describe(page);
  }],
  form: [{}, async (page) => {
    await toPlaces(page);
    await describe(page, "s3");
    await page.getByLabel("Service").selectOption("b2");
  }],
  "kinds-failing": [{ destination_kinds: failing.destination_kinds }, async (page) => {
    await toPlaces(page);
    await press(page, "button", "Server or cloud");
    await page.getByRole("alert").waitFor();
  }],
  trying: [remoteTroubles.slow, async (page) => {
    await toPlaces(page);
    await describe(page, "webdav");
    await test(page);
    await page.getByText("Writing a test file there").waitFor();
  }],
  wrong: [remoteTroubles.wrong, async (page) => {
    await toPlaces(page);
    await describe(page, "s3");
    await test(page);
    await page.getByText("3 settings are missing or wrong").or(page.getByText("2 settings are missing or wrong")).waitFor();
  }],
  untrusted: [remoteTroubles.untrusted, async (page) => {
    await toPlaces(page);
    await describe(page, "sftp");
    await test(page);
    await page.getByText("could not prove who it is").waitFor();
  }],
  works: [{}, async (page) => {
    await toPlaces(page);
    await describe(page, "s3");
    await test(page);
    await page.getByText("9.4 MB/s, answers within 38 ms").waitFor();
  }],
  chosen: [{}, async (page) => {
    await toPlaces(page);
    await add(page, "s3", bucket);
    await page.evaluate((answer) => window.answer("try_remote", answer), roomy);
    await add(page, "sftp", nas, "NAS im Keller hinter der Waschmaschine, die seit Jahren nicht mehr läuft");
    await add(page, "webdav", { Address: "https://cloud.okafor.example" }, "Nextcloud");
    await page.getByRole("checkbox", { name: "Nextcloud" }).click();
    await page.getByText("3 places, all off").waitFor();
  }],
};

/** Only a server, from the list to the first run, without a mouse. */
async function byKeyboard({ page: open }) {
  const page = await open({ answers: full });
  await toPlaces(page);
  const at = () => page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.innerText.trim());
  await tabTo(page, "Blue disk");
  await page.keyboard.press("Space");
  await tabTo(page, "Server or cloud");
  await page.keyboard.press("Enter");
  await heading(page, "Server or cloud");
  assert.equal(await at(), "Server or cloud", "it is read from its title on");

  // Left again, one is where one was.
  await tabTo(page, "Cancel");
  await page.keyboard.press("Enter");
  await reaches(page, "Server or cloud");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BUTTON");

  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: /^WebDAV/ }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await tabTo(page, "Access key ID");
  await page.keyboard.type("AKIA");
  await page.keyboard.press("Tab");
  await page.keyboard.type("hush");
  await tabTo(page, "Bucket");
  await page.keyboard.type("okafor-backups");
  await page.keyboard.press("Enter");
  const order = {
    kind: "s3", preset: null, name: null, values: { access_key_id: "AKIA", bucket: "okafor-backups" }, secrets: { secret_access_key: "hush" }, of: null,
  };
  await waitAsked(page, "try_remote", { order });
  await page.waitForFunction(() => document.activeElement.labels?.[0]?.innerText === "Name");
  await page.keyboard.type("Far away");
  await page.keyboard.press("Enter");
  await reaches(page, "Far away");
  await page.getByText("1 place, off this computer’s disk").waitFor();
  // 653 GB at 9.4 MB/s.
  await page.getByText("first copy takes about 19 h 20 min").waitFor();
  assert.deepEqual(await asked(page, "add_remote"), [], "nothing is written before the last step");

  await page.keyboard.press("Space");
  await page.getByText("No place chosen yet").waitFor();
  await page.keyboard.press("Space");
  await tabTo(page, "Continue");
  await page.keyboard.press("Enter");
  await heading(page, "Keep the key to your copies");
  await page.getByText("1 plan, 1 destination").waitFor();
  await press(page, "button", "Save the kit as PDF");
  const named = { ...order, name: "Far away" };
  await waitAsked(page, "save_kit", { places: [], remotes: [named] });
  await fill(page, "Word 3", "orchard");
  await fill(page, "Word 7", "harbour");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash === "#/runs/run-1");
  const [{ beginning }] = await asked(page, "begin");
  assert.deepEqual([beginning.places, beginning.remotes], [[], [named]]);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.title, history.state]) + document.body.innerText);
  assert(!kept.includes("hush"), "the secret was kept");
  await page.close();
}

/** What a server showed is taken over by the button only, and what is wrong comes into sight. */
async function mended({ page: open }) {
  const page = await open({ answers: { ...full, ...remoteTroubles.untrusted }, size: [1024, 700] });
  await toPlaces(page);
  await describe(page, "sftp");
  await test(page);
  const trust = page.getByRole("button", { name: "It is the right one: trust it" });
  await trust.waitFor();
  const seen = await trust.evaluate((it) => it.getBoundingClientRect().bottom <= document.querySelector("main").getBoundingClientRect().bottom);
  assert(seen, "what is wrong lies below the window");
  await page.evaluate((answer) => window.answer("try_remote", answer), full.try_remote);
  await press(page, "button", "It is the right one: trust it");
  await use(page);
  await page.getByRole("checkbox", { name: full.try_remote.ok.place, checked: true }).waitFor();
  const orders = (await asked(page, "try_remote")).map(({ order }) => "fingerprint" in order.values);
  assert.deepEqual(orders, [false, true]);
  await page.close();
}

/** The first setting that is missing or wrong has the keyboard. */
async function corrected({ page: open }) {
  const page = await open({ answers: { ...full, ...remoteTroubles.wrong } });
  await toPlaces(page);
  await describe(page, "s3");
  await test(page);
  await page.waitForFunction(() => document.activeElement.labels?.[0]?.innerText === "Secret access key");
  await page.evaluate((answer) => window.answer("wrong_settings", answer), full.wrong_settings);
  await page.keyboard.type("hush");
  await page.keyboard.press("Enter");
  await page.getByText(" works: ").waitFor();
  assert.equal((await asked(page, "try_remote")).length, 1);
  await page.close();
}

/** Described anew it stays one place; two are not called the same; taken out it is gone. */
async function changed({ page: open }) {
  const page = await open({ answers: full });
  await toPlaces(page);
  await add(page, "s3", bucket, "Far away");
  await add(page, "webdav", { Address: "https://cloud.okafor.example", "User (optional)": "mara" }, "Nextcloud");
  await press(page, "button", "Change Nextcloud");
  assert.equal(await page.getByLabel("Address", { exact: true }).inputValue(), "https://cloud.okafor.example");
  // Nothing about the server is another: it need not be tried again to be called something else.
  await fill(page, "Name", "Far away");
  await use(page);
  await page.getByText("Another server or cloud here is called that.").waitFor();
  await fill(page, "Name", "Cloud");
  await use(page);
  await page.waitForFunction(() => document.activeElement.ariaLabel === "Cloud");
  assert.equal((await asked(page, "try_remote")).length, 2);
  assert.equal(await page.getByRole("checkbox", { name: "Nextcloud" }).count(), 0);

  // What is said otherwise is tried again, and left as it was when one goes back.
  await press(page, "button", "Change Cloud");
  await fill(page, "Address", "https://other.example");
  await page.getByRole("button", { name: "Test connection" }).waitFor();
  await press(page, "button", "Cancel");
  await page.waitForFunction(() => document.activeElement.ariaLabel === "Cloud");
  await press(page, "button", "Change Cloud");
  assert.equal(await page.getByLabel("Address", { exact: true }).inputValue(), "https://cloud.okafor.example");
  await press(page, "button", "Cancel");

  // The same place described once more is the one that is there.
  await add(page, "s3", bucket, "Bucket");
  await page.getByText("3 places, all off").waitFor();
  await page.getByRole("checkbox", { name: "Far away" }).waitFor({ state: "detached" });

  await press(page, "button", "Take Cloud out of the list");
  await page.getByRole("checkbox", { name: "Cloud" }).waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.innerText === "Server or cloud");
  // A step back and forth changes nothing.
  await press(page, "button", "Back");
  await heading(page, "What should be kept safe?");
  await press(page, "button", "Continue");
  await page.getByRole("checkbox", { name: "Bucket", checked: true }).waitFor();
  await page.close();
}
