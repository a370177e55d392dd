// Welcome that does not come to its end: closed, killed, or with a word that is not on the kit.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { closeWindow, manager, windows } from "./desktop.mjs";
import { exists, fill, home } from "./home.mjs";
import { panel } from "./tray.mjs";
import { inWindow, until } from "./webdriver.mjs";
import { askedWords, throughWelcome, toKey, toPlaces, typeTwo } from "./welcome.mjs";

const DATA = ".local/share/keepstead";
const NOTE = "The keychain is turned off, so Keepstead will ask for the words of the recovery kit each time it starts.";
/** What the web view keeps for itself, and what the toolkit does. */
const OTHERS = [".cache", ".config", ".local/share/org.keepstead.desktop"];

/** Everything in a home, but for what is not Keepstead's. */
function everything(at) {
  const prune = OTHERS.flatMap((path) => ["-path", at(path), "-prune", "-o"]);
  const facts = ["-printf", "%P %y %m %s %T@ %l\\n"];
  const lines = execFileSync("find", [at(), "-mindepth", "1", ...prune, ...facts], { encoding: "utf8" }).split("\n");
  // But for the folders on the way to it.
  return lines.filter((line) => !/^\.local(\/share)? d /.test(line)).sort();
}

/** A home with files, and whether anything was written to it since. */
async function untouched(work) {
  const { at, environment, remove } = await home();
  await fill(at);
  const before = everything(at);
  const nothingWritten = async () => {
    assert.deepEqual(everything(at), before, "something was written");
    assert(!(await exists(at(DATA))) && !(await exists(at("Keepstead"))));
    for (const shared of [".cache", ".config"]) {
      const names = await readdir(at(shared), { recursive: true }).catch(() => []);
      const own = names.filter((name) => /keepstead/i.test(name) && !/org\.keepstead\.desktop/.test(name));
      assert.deepEqual(own, [], `something of Keepstead in ${shared}`);
    }
  };
  try {
    return await work({ at, env: { ...process.env, ...environment }, nothingWritten });
  } finally {
    await remove();
  }
}

/** How far a person came before the end. */
const steps = {
  what: async (window) => {
    await window.says("What should be kept safe?");
    await window.says("Documents");
  },
  where: async (window) => {
    await toPlaces(window);
    await window.choose("This computer’s own disk");
    await window.says("Writes ");
  },
  key: async (window) => {
    await typeTwo(window, await toKey(window));
  },
};

/** Ends of the program, or of its window, that nobody asked it for. */
const ends = {
  killed: async (window) => {
    process.kill(window.pid, "SIGKILL");
    await window.ended();
    await until("no window", () => windows() === "");
  },
  /** What a session sends to all programs when a person logs out. */
  loggedOut: async (window) => {
    // No end: restic sends this to whoever holds a lock, to see whether it is there.
    process.kill(window.pid, "SIGHUP");
    await pause(300);
    await window.run("document.title");
    process.kill(window.pid, "SIGTERM");
    await window.ended();
    await until("no window", () => windows() === "");
  },
  closed: async (window, tray) => {
    await closeWindow();
    // It goes on in the tray, from where a person quits it.
    process.kill(window.pid, 0);
    await tray.choose("Quit Keepstead");
    await window.ended();
  },
};

/** At each step, in each way: nothing is written, and the next start begins anew and comes to its end. */
export async function endedWelcome(program) {
  const noManager = await manager(process.env);
  const tray = await panel();
  try {
    for (const [step, go] of Object.entries(steps)) {
      for (const [way, end] of Object.entries(ends)) {
        await untouched(async ({ env, nothingWritten }) => {
          await inWindow(program, env, async (window) => {
            await go(window);
            await nothingWritten();
            await end(window, tray);
          });
          await nothingWritten();
          await inWindow(program, env, (window) => throughWelcome(window, { note: NOTE }));
        }).catch((error) => {
          throw new Error(`${way} at the step “${step}”`, { cause: error });
        });
      }
    }
  } finally {
    tray.close();
    await noManager();
  }
}

/** What there is at a moment of the last step, and whether the next start begins anew. */
export const moments = {
  ends: { ".local/share/keepstead/keepstead.db": true, "Keepstead/vault/data/??/*": false },
  /** The words are on paper and the vault is made with them; the database does not know them yet. */
  between: { "Keepstead/keepstead-destination.json": true, "Keepstead/vault/config": true },
};

/** Killed while everything is set up: either all begins anew, or the words that were shown open it. */
export async function killedBeginning(program, signs) {
  for (const [sign, anew] of Object.entries(signs)) {
    await untouched(async ({ at, env }) => {
      const words = await inWindow(program, env, async (window) => {
        const shown = await toKey(window);
        await typeTwo(window, shown);
        await window.choose("Start");
        const there = () => spawnSync("sh", ["-c", `ls ${sign}`], { cwd: at(), stdio: "ignore" }).status === 0;
        await until(sign, there);
        process.kill(window.pid, "SIGKILL");
        await window.ended();
        return shown;
      });
      await inWindow(program, env, async (window) => {
        if (anew) return throughWelcome(window, { note: NOTE });
        await window.says("Keepstead is locked");
        await window.type("input[name=recovery-words]", words.join(" "));
        await window.choose("Unlock");
        await window.says("My files");
        // What was under way is taken up by itself.
        await window.run("location.hash = '#/activity'");
        await window.says("Done, and read back.");
      });
    }).catch((error) => {
      throw new Error(`killed when there was ${sign}`, { cause: error });
    });
  }
}

/** A word that is not on the kit goes no further, neither in the window nor past it. */
export async function wrongWord(program) {
  await untouched(async ({ at, env, nothingWritten }) => {
    await inWindow(program, env, async (window) => {
      const words = await toKey(window);
      const [first, second] = await askedWords(window);
      // A word of the kit, but not the one that is asked for.
      const other = words.find((word) => word !== words[first.number - 1] && word !== words[second.number - 1]);
      await window.type(first.field, other);
      await window.type(second.field, words[second.number - 1]);
      await window.says(`That is not word ${first.number}. It is the one with a ${first.number} in front of it.`);
      await window.choose("Start");
      await window.says("Type both words first.");
      await window.press("\uE007");
      assert(await window.saysNow("Keep the key to your copies"), "it stays at the third step");
      await nothingWritten();

      // The program does not rely on the window.
      const beginning = {
        name: "My files",
        sources: [{ path: at("Documents") }],
        excludes: [],
        places: [{ path: at("Keepstead") }],
        remotes: [],
        answers: [
          { position: first.number - 1, word: other },
          { position: second.number - 1, word: words[second.number - 1] },
        ],
      };
      const script = `return window.__TAURI_INTERNALS__.invoke("begin", { beginning: arguments[0] })
        .then(() => "begun", (error) => error.message ?? String(error))`;
      const refused = await window.run(script, beginning);
      assert.equal(refused, `That is not word ${first.number} of the recovery kit. It is not confirmed.`);
      await nothingWritten();

      // Put right, it goes on.
      await window.retype(first.field, words[first.number - 1]);
      await until("no reproach", async () => !(await window.saysNow("That is not word")));
      await window.choose("Start");
      await window.says(NOTE);
      await window.choose("Open Keepstead");
      await window.says("Succeeded", 20);
      assert(await exists(at("Keepstead/vault/config")));
    });
  });
}
