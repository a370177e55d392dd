// Destinations on servers and in clouds: choosing a kind, its form, the trial, lists of what is there, settings, removal.

import assert from "node:assert/strict";

import { asked, press, reaches, waitAsked } from "./keys.mjs";
import * as sample from "./sample/remote.mjs";
import { everywhere as looks, only } from "./window.mjs";

export async function remote(browser) {
  const everywhere = (name, path, answers, ready, more) => looks(browser, `remote-${name}`, { answers, path }, ready, more);
  const shows = (text) => (page) => page.getByText(text).first().waitFor();

  await everywhere("cards", "/destinations", sample.answers, shows("Bucket in Frankfurt"));
  await everywhere("kinds", "/destinations?add=true", sample.answers, away);
  for (const { id } of sample.kinds) {
    await everywhere(`form-${id}`, "/destinations?add=true", sample.answers, async (page) => {
      await choose(page, id);
      await page.locator("summary").press("Enter");
    });
  }
  await everywhere("works", "/destinations?add=true", sample.answers, async (page) => {
    await choose(page, "s3");
    await test(page);
    await shows("9.4 MB/s, answers within 38 ms")(page);
  });
  for (const [name, answers] of Object.entries(sample.troubles)) {
    await everywhere(name, "/destinations?add=true", { ...sample.answers, ...answers }, async (page) => {
      await choose(page, name === "untrusted" ? "sftp" : "s3");
      await test(page);
      const said = { wrong: "3 settings are missing or wrong", slow: "Writing a test file there" };
      await (said[name] ? shows(said[name])(page) : page.getByRole("alert").waitFor());
    });
  }
  for (const [name, answers] of Object.entries({ some: sample.answers, many: sample.many, none: sample.none, failing: sample.failing })) {
    await everywhere(`choosing-${name}`, "/destinations?add=true", answers, async (page) => {
      await choose(page, "webdav");
      await page.getByRole("button", { name: "Choose: Folder" }).press("Enter");
      const said = { some: "写真", many: "Folder 0", none: "There are no folders in it.", failing: "cannot be reached" };
      await shows(said[name])(page);
    });
  }
  await everywhere("settings", "/destinations?change=b2", sample.answers, shows("Settings of NAS im Keller"));
  for (const [name, of] of Object.entries({ used: sample.nas, unused: sample.unused })) {
    await everywhere(`remove-${name}`, "/destinations", sample.answers, async (page) => {
      await page.getByRole("button", { name: `More for ${of.name}` }).press("Enter");
      await page.getByRole("menuitem", { name: "Remove" }).press("Enter");
      await page.getByRole("dialog").waitFor();
    });
  }
  for (const [name, answers] of Object.entries(sample.adopting)) {
    await everywhere(`adopt-${name}`, "/destinations?add=true", answers, async (page) => {
      await choose(page, "s3");
      await test(page);
      await shows("9.4 MB/s, answers within 38 ms")(page);
      if (name === "others") await page.getByRole("button", { name: "Add destination" }).press("Enter");
      await page.getByText("taken over").or(page.getByText("takes them over")).first().waitFor();
    });
  }
  if (only.test("keyboard")) for (const job of [added, adopted, trusted, trustedWhileChoosing, found, changed, removed]) await job(browser);
}

async function away(page) {
  await page.getByRole("radio", { name: "Server or cloud" }).press("Space");
  await page.getByRole("radio", { name: /^WebDAV/ }).waitFor();
}

async function choose(page, kind) {
  await away(page);
  const { label } = sample.kinds.find(({ id }) => id === kind);
  await page.getByRole("radio", { name: label }).press("Space");
  await page.getByRole("button", { name: "Test connection" }).waitFor();
}

const test = (page) => press(page, "button", "Test connection");
const type = (page, label, text) => page.getByLabel(label, { exact: true }).fill(text);

/** Everything that was typed is sent, and nothing that was hidden meanwhile; secrets apart. */
async function added({ page: open }) {
  const page = await open({ path: "/destinations?add=true", answers: sample.answers });
  await choose(page, "s3");
  await type(page, "Address (optional)", "https://typed.example");
  await page.getByLabel("Service").selectOption("aws");
  assert.equal(await page.getByLabel("Address (optional)").count(), 0, "the service says it");
  await type(page, "Region (optional)", "eu-central-1");
  await type(page, "Access key ID", "AKIA");
  await type(page, "Secret access key", "hush");
  await type(page, "Bucket", "okafor-backups");
  await page.keyboard.press("Enter");
  const order = {
    kind: "s3", preset: "aws", name: null, values: { access_key_id: "AKIA", region: "eu-central-1", bucket: "okafor-backups" }, secrets: { secret_access_key: "hush" }, of: null,
  };
  await waitAsked(page, "try_remote", { order });
  // Another word is another trial.
  await type(page, "Bucket", "okafor-backups-2");
  await page.getByRole("button", { name: "Test connection" }).press("Enter");
  await page.getByLabel("Name").fill("Far away");
  await page.keyboard.press("Enter");
  await waitAsked(page, "add_remote", { order: { ...order, name: "Far away", values: { ...order.values, bucket: "okafor-backups-2" } }, adopt: null });
  await page.getByRole("heading", { name: "Add a destination" }).waitFor({ state: "detached" });
  await page.close();
}

/** The password of backups that lie there goes with the order, and only where it was typed. */
async function adopted({ page: open }) {
  const page = await open({ path: "/destinations?add=true", answers: sample.adopting.restic });
  await choose(page, "s3");
  await test(page);
  await page.getByLabel("Password of the restic backups (optional)").fill("their own");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.asked.some(({ command }) => command === "add_remote"));
  assert.equal((await asked(page, "add_remote"))[0].adopt, "their own");
  await page.close();
}

/** What a server showed is taken over by the button only, and tried with at once. */
async function trusted({ page: open }) {
  const page = await open({ path: "/destinations?add=true", answers: { ...sample.answers, ...sample.troubles.untrusted } });
  await choose(page, "sftp");
  await test(page);
  await page.evaluate((answer) => window.answer("try_remote", answer), sample.answers.try_remote);
  await press(page, "button", "It is the right one: trust it");
  await page.getByText("9.4 MB/s, answers within 38 ms").waitFor();
  const orders = (await asked(page, "try_remote")).map(({ order }) => order.values.fingerprint);
  assert.deepEqual(orders, [undefined, sample.fingerprint]);
  assert.equal(await page.getByLabel("Host key fingerprint (optional)").inputValue(), sample.fingerprint);
  await page.close();
}

/** Who is not trusted yet while folders are listed can be trusted there. */
async function trustedWhileChoosing({ page: open }) {
  const page = await open({ path: "/destinations?add=true", answers: { ...sample.answers, remote_choices: sample.troubles.untrusted.try_remote } });
  await choose(page, "sftp");
  await press(page, "button", "Choose: Folder");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("could not prove who it is").waitFor();
  await page.evaluate((answer) => window.answer("remote_choices", answer), sample.answers.remote_choices);
  await press(page, "button", "It is the right one: trust it");
  await dialog.getByRole("button", { name: "写真" }).waitFor();
  const orders = (await asked(page, "remote_choices")).map(({ order }) => order.values.fingerprint);
  assert.deepEqual(orders, [undefined, sample.fingerprint]);
  await page.close();
}

/** Folders level by level, up again, a new one, and the choice. */
async function found({ page: open }) {
  const page = await open({ path: "/destinations?add=true", answers: sample.answers });
  await choose(page, "webdav");
  await press(page, "button", "Choose: Folder");
  await press(page, "button", "写真");
  await page.waitForFunction(() => window.asked.some(({ command, args }) => command === "remote_choices" && args.below === "srv/写真"));
  await press(page, "button", "One folder up");
  await page.getByLabel("New folder").fill("alder lane");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.asked.some(({ command }) => command === "make_remote_folder"));
  assert.equal((await asked(page, "make_remote_folder"))[0].folder, "srv/alder lane");
  // The form around the dialog is not meant.
  for (const command of ["wrong_settings", "try_remote", "add_remote"]) assert.deepEqual(await asked(page, command), []);
  await press(page, "button", "Choose this folder");
  assert.equal(await page.getByLabel("Folder (optional)", { exact: true }).inputValue(), "srv/alder lane");
  await page.close();
}

/** Of secrets only what was typed anew is sent. */
async function changed({ page: open }) {
  const page = await open({ path: "/destinations", answers: sample.answers });
  await page.getByRole("button", { name: `More for ${sample.nas.name}` }).press("Enter");
  await page.getByRole("menuitem", { name: "Settings…" }).press("Enter");
  const host = page.getByLabel("Server", { exact: true });
  await page.waitForFunction(() => document.activeElement.tagName === "INPUT");
  // What is erased again was not said.
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("a");
  await password.fill("");
  await host.fill("nas.home");
  await press(page, "button", "Save", "Enter", true);
  await page.waitForFunction(() => window.asked.some(({ command }) => command === "change_remote"));
  const [{ id, order }] = await asked(page, "change_remote");
  assert.deepEqual([id, order.of, order.values.host, order.secrets], ["b2", "b2", "nas.home", {}]);
  await reaches(page, `More for ${sample.nas.name}`);
  await page.close();
}

/** While plans use it they are shown, and nothing is removed; of one that is not used it is said what goes. */
async function removed({ page: open }) {
  const page = await open({ path: "/destinations", answers: sample.answers });
  const ask = async (of) => {
    await page.getByRole("button", { name: `More for ${of.name}` }).press("Enter");
    await page.getByRole("menuitem", { name: "Remove" }).press("Enter");
  };
  await ask(sample.nas);
  const dialog = page.getByRole("dialog");
  await dialog.getByText("3 plans copy there:").waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Remove" }).count(), 0);
  await page.keyboard.press("Escape");
  await reaches(page, `More for ${sample.nas.name}`);
  await ask(sample.unused);
  await dialog.getByRole("button", { name: "Remove" }).press("Enter");
  await waitAsked(page, "remove_destination", { id: "b3" });
  await page.close();
}
