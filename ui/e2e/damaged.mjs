// A database that cannot be used: said, left as it is, set aside only where it is damaged and a person wants that.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";

import { fill, home, setUp } from "./home.mjs";
import { inWindow, until } from "./webdriver.mjs";
import { throughWelcome } from "./welcome.mjs";

const DATA = ".local/share/keepstead";
const NAME = "keepstead.db";
const BROKEN = "Keepstead cannot open its records";
const ASIDE = "Set the damaged file aside and start anew";

/** Takes the log of a database into it, as a program does that ends in peace. */
function settle(database) {
  const script = `import sqlite3, sys
it = sqlite3.connect(sys.argv[1], isolation_level=None)
it.execute("PRAGMA wal_checkpoint(TRUNCATE)")
it.close()`;
  execFileSync("/usr/bin/python3", ["-c", script, database]);
}

/** A home with a plan whose database was changed while nothing ran. */
async function spoilt(keepstead, spoil, work) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  const { run } = await setUp(keepstead, at, env);
  assert.equal(run("run").status, "SUCCESS");
  try {
    await spoil(at(DATA, NAME));
    // What readers need to know of a log is no part of the database.
    const counts = (name) => name.startsWith(NAME) && !name.endsWith("-shm");
    const names = async () => (await readdir(at(DATA))).filter(counts);
    const files = new Map();
    for (const name of await names()) files.set(name, await readFile(at(DATA, name)));
    /** That the database and its log are what they were, and lie alone under these names. */
    const unchanged = async (renamed = (name) => name, there = undefined) => {
      assert.deepEqual(there ?? (await names()), [...files.keys()].map(renamed));
      for (const [name, content] of files) {
        assert(content.equals(await readFile(at(DATA, renamed(name)))), `${name} changed`);
      }
    };
    return await work({ at, env, names, unchanged });
  } finally {
    await remove();
  }
}

/** Ways in which a database is damaged. */
const damages = {
  garbage: async (database) => {
    settle(database);
    await writeFile(database, randomBytes(50_000));
  },
  // Its log still holds changes.
  "garbage beside its log": async (database) => {
    await newer(true)(database);
    await writeFile(database, randomBytes(50_000));
  },
  // The header is whole; what follows is not.
  pages: async (database) => {
    settle(database);
    const bytes = await readFile(database);
    await writeFile(database, bytes.fill(0xa5, 5_000));
  },
  "cut short": async (database) => {
    settle(database);
    const bytes = await readFile(database);
    await writeFile(database, bytes.subarray(0, bytes.length - 5_000));
  },
  empty: async (database) => {
    settle(database);
    await writeFile(database, "");
  },
};

/** Sets the damaged file aside, the question answered. */
async function setAside(window) {
  await window.choose(ASIDE);
  await window.says("The damaged file is renamed, not deleted, and your copies stay.");
  await window.choose("Set it aside");
}

/** The window says where the damaged file lies now, until a person goes on. */
export async function saysWhere(program, keepstead) {
  await spoilt(keepstead, damages.garbage, async ({ env, names }) => {
    await inWindow(program, env, async (window) => {
      await window.says(BROKEN);
      await setAside(window);
      await window.says("The damaged file lies here now:");
      const [aside] = await names();
      // A long path is shown in two parts.
      const where = await window.run("return document.querySelector('main [role=status]').textContent");
      assert(where.includes(aside), where);
      await window.choose("Start anew");
      await window.says("What should be kept safe?");
    });
  });
}

/** A damaged database, in each of these ways. */
export async function damagedDatabase(program, keepstead) {
  for (const [what, spoil] of Object.entries(damages)) {
    await spoilt(keepstead, spoil, async ({ at, env, names, unchanged }) => {
      await inWindow(program, env, async (window) => {
        await window.says(BROKEN);
        await window.says(`Keepstead's database ${at(DATA, NAME)} is damaged. Your backups are not`);
        await window.says("No new ones are made until this is mended.");
        await unchanged();
        await window.choose("Try again");
        await window.choose(ASIDE);
        await window.choose("Leave it");
        await window.says(ASIDE);
        await unchanged();

        await setAside(window);
        const aside = await until("the files under another name", async () => {
          const all = await names();
          return all.every((name) => name.includes(".damaged-")) && all[0];
        });
        assert.match(aside, /^keepstead\.db\.damaged-\d{8}T\d{6}Z$/);
        await unchanged((name) => name.replace(NAME, aside));
      }).catch((error) => {
        throw new Error(what, { cause: error });
      });
      // Another start finds nothing set up, and what is set up then leaves the file alone.
      await inWindow(program, env, (window) => throughWelcome(window, { note: "The keychain is turned off" }));
      const aside = (await names()).filter((name) => name.includes(".damaged-"));
      await unchanged((name) => name.replace(NAME, aside[0]), aside);
    });
  }
}

/** Raises the version in the file itself, or where `open` in its log, as a program does that was killed. */
function newer(open) {
  const script = `import os, sqlite3, sys
it = sqlite3.connect(sys.argv[1], isolation_level=None)
it.execute("PRAGMA wal_checkpoint(TRUNCATE)")
it.execute("PRAGMA user_version = 7000")
${open ? "os.kill(os.getpid(), 9)" : "it.close()"}`;
  return async (database) => {
    const { signal } = spawnSync("/usr/bin/python3", ["-c", script, database]);
    assert.equal(signal, open ? "SIGKILL" : null);
    const log = await stat(`${database}-wal`).then(({ size }) => size, () => 0);
    assert.equal(log > 0, open);
  };
}

/** A database that a newer version wrote is left to that version. */
export async function newerDatabase(program, keepstead) {
  for (const open of [false, true]) {
    await spoilt(keepstead, newer(open), async ({ env, unchanged }) => {
      await inWindow(program, env, async (window) => {
        await window.says(BROKEN);
        await window.says("written by a newer version of Keepstead (its format is 7000; this version knows ");
        await window.says("Nothing was changed.");
        await window.says("Use that newer version.");
        assert(!(await window.saysNow(ASIDE)), "what is not damaged is not set aside");
        await unchanged();
        const ask = (command) =>
          window.run(`return window.__TAURI_INTERNALS__.invoke("${command}").then(JSON.stringify, ({ code }) => code)`);
        assert.equal(await ask("set_database_aside"), "store_newer");
        assert.match(await ask("open_again"), /"phase":"broken"/);
        await window.choose("Try again");
        await window.says("Use that newer version.");
        await unchanged();
      });
      await unchanged();
    });
  }
}
