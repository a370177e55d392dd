// The key of the application: a keychain that is open, locked, or not there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

import { fill, home, setUp } from "./home.mjs";
import { session } from "./session.mjs";
import { panel } from "./tray.mjs";
import { inWindow, until } from "./webdriver.mjs";
import { throughWelcome } from "./welcome.mjs";

const FIELD = "input[name=recovery-words]";
const LOCKED = "Keepstead is locked";
const PILL = "return document.querySelector('aside').innerText";

/** A home, and a session in which the program looks for a keychain; `work` gets both and the environment. */
async function apart(work) {
  const { at, environment, remove } = await home();
  const env = { ...process.env, ...environment, KEEPSTEAD_UNLOCK: undefined };
  const own = await session(env);
  try {
    await fill(at);
    return await work({ at, env, own });
  } finally {
    await own.close();
    await remove();
  }
}

/** Quits as a person does, in the tray. */
async function quit(window, env) {
  const tray = await panel(env);
  try {
    await tray.choose("Quit Keepstead");
    await window.ended();
  } finally {
    tray.close();
  }
}

/** Files below a folder in which two neighbouring words of the kit stand: two in a row give it away. */
function filesWith(words, folder) {
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
  const patterns = [...pairs, words.join("-"), JSON.stringify(words)].flatMap((text) => ["--regexp", text]);
  const options = ["--recursive", "--text", "--ignore-case", "--fixed-strings", "--files-with-matches"];
  const found = spawnSync("grep", [...options, ...patterns, folder], { encoding: "utf8" });
  assert([0, 1].includes(found.status), found.stderr);
  return found.stdout;
}

/** What the window says while it is locked, and that wrong words change nothing. */
async function staysLocked(window, at, why) {
  await window.says(LOCKED);
  await window.says(`Keepstead is locked: ${why}. Nothing was read or changed.`);
  await window.choose("Unlock");
  await window.says("Type the eight words first.");
  const before = await readFile(at(".local/share/keepstead/keepstead.db"));
  for (const wrong of ["lantern lantern lantern lantern lantern lantern lantern lantern", "no words at all"]) {
    await window.retype(FIELD, wrong);
    await window.choose("Unlock");
    await window.says("These are not the words of the recovery kit. Nothing was read or changed.");
    await window.says("Type the eight words in their order, as they stand on the kit.");
    assert(await window.saysNow(LOCKED));
    await window.retype(FIELD, "");
    await until("no reproach", async () => !(await window.saysNow("These are not the words")));
  }
  assert(before.equals(await readFile(at(".local/share/keepstead/keepstead.db"))), "wrong words change nothing");
}

/** What helps is the field in the window; a person who uses it is not sent to a terminal. */
export async function plainWords(program, keepstead) {
  const { at, environment, remove } = await home();
  await fill(at);
  await setUp(keepstead, at, { ...process.env, ...environment });
  try {
    await inWindow(program, environment, async (window) => {
      await window.says("Keepstead is locked: the keychain is turned off.");
      for (const term of ["--", "KEEPSTEAD_"]) assert(!(await window.saysNow(term)), `the window speaks of ${term}…`);
    });
  } finally {
    await remove();
  }
}

/** Waits until the window is past its gate, with the plan in it. */
async function opened(window) {
  await until("the open window", async () => /Protect\n/.test(await window.run(PILL)));
  assert(!(await window.saysNow(LOCKED)));
}

/** A locked keychain: the words open it, and so does the keychain once it is unlocked. */
export async function lockedKeychain(program, keepstead) {
  await apart(async ({ at, env, own }) => {
    await own.signIn();
    const { words } = await setUp(keepstead, at, { ...env });
    await own.lock();
    await inWindow(program, env, async (window) => {
      await staysLocked(window, at, "this system's keychain is locked");
      await window.choose("Ask the keychain again");
      await window.says("The keychain was asked and still does not give the key.");
      // As they are read from paper: capitals, and blanks too many.
      await window.retype(FIELD, ` ${words.join("  ").toUpperCase()} `);
      await window.choose("Unlock");
      await opened(window);
    });
    assert(own.isLocked(), "the words did not unlock the keychain");
    await inWindow(program, env, async (window) => {
      await window.says(LOCKED);
      await own.signIn();
      await window.choose("Ask the keychain again");
      await opened(window);
    });
    await inWindow(program, env, opened);
  });
}

/** No keychain at all: it is said, and the words are asked for after every start. */
export async function noKeychain(program) {
  await apart(async ({ at, env }) => {
    const asks = "so Keepstead will ask for the words of the recovery kit each time it starts.";
    const note = `This system has no keychain, ${asks}`;
    const words = await inWindow(program, env, async (window) => {
      const shown = await throughWelcome(window, { note });
      await quit(window, env);
      return shown;
    });
    await inWindow(program, env, async (window) => {
      await staysLocked(window, at, "this system has no keychain");
      await window.type(FIELD, words.join(" "));
      await window.choose("Unlock");
      await opened(window);
      await window.run("location.hash = '#/settings'");
      await window.says("This computer has no keychain that Keepstead can use.");
    });
    assert.equal(filesWith(words, at()), "", "the words lie in files");
  });
}

/** A keychain that is open: nothing is asked, and the words lie nowhere. */
export async function openKeychain(program) {
  await apart(async ({ at, env, own }) => {
    await own.signIn();
    const words = await inWindow(program, env, async (window) => {
      const shown = await throughWelcome(window);
      await window.run("location.hash = '#/settings'");
      await window.says("The key is in this computer’s keychain. You are not asked for it.");
      await window.choose("Save kit as PDF");
      await window.says("Saved to");
      await quit(window, env);
      return shown;
    });
    await inWindow(program, env, async (window) => {
      await opened(window);
      await window.run("location.hash = '#/activity'");
      await window.says("Done, and read back.");
    });
    const saved = (await readdir(at("Downloads"))).filter((name) => name.endsWith(".pdf"));
    assert.equal(saved.length, 1);
    const kit = at("Downloads", saved[0]);
    const elsewhere = filesWith(words, at()).split("\n").filter((path) => path && path !== kit);
    assert.deepEqual(elsewhere, [], "the words lie in files");
  });
}
