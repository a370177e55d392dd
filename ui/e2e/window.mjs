// Drives the real program: node ui/e2e/window.mjs PROGRAM COMMAND-LINE RESTIC [PART]...
//
// Parts are named below; without a name all of them run. But for the parts about it there is no keychain: its place
// is taken by the words of the kit.

import assert from "node:assert/strict";

import { damagedDatabase, newerDatabase, saysWhere } from "./damaged.mjs";
import { hold } from "./desktop.mjs";
import { fullDestination, leftLock, mayMount, protectedDestination, pulledDestination, vanishedSource } from "./failures.mjs";
import { firstBackup } from "./first_backup.mjs";
import { endedWelcome, killedBeginning, moments, wrongWord } from "./interrupted.mjs";
import { byKeyboard } from "./keyboard.mjs";
import { lockedKeychain, noKeychain, openKeychain, plainWords } from "./keychain.mjs";
import { pausedRun } from "./paused.mjs";
import { presence, quitMidRun } from "./presence.mjs";
import { servedDestinations } from "./remote.mjs";
import { servedWelcome } from "./served_welcome.mjs";
import { notifications, startsAtLogin } from "./settings.mjs";
import { secondStart } from "./second_start.mjs";
import { upkeptDestination } from "./upkeep.mjs";

const [program, keepstead, restic, ...named] = process.argv.slice(2);
assert(program && keepstead && restic, "which program, which command line, which restic?");
process.env.KEEPSTEAD_KEYCHAIN = "off";

/** A part that mounts disks. */
const withDisk = (part) => async () => ((await mayMount()) ? part() : "Skipped, because no disk may be mounted here.");

/** Each says what it showed; what cannot be tried here says why. */
const parts = {
  first: async () => {
    const { clicks } = await firstBackup(program, restic);
    return `From the first start to a restored file, the first backup after ${clicks.first} clicks.`;
  },
  keys: async () => {
    await byKeyboard(program);
    return "By keyboard alone: from the first start to a restored file, and folders typed in all ways.";
  },
  presence: async () => {
    await presence(program, keepstead);
    return "The tray says and does what it should; a second start brings the window.";
  },
  whole: async () => {
    await presence(program, keepstead, { whole: true });
    return "So it is where window and tray are one process.";
  },
  quit: async () => {
    await quitMidRun(program, keepstead);
    return "What is quit in the middle is taken up.";
  },
  paused: async () => {
    await pausedRun(program, keepstead, restic);
    return "A paused run stands still, also without its window, and goes on to its end.";
  },
  upkeep: async () => {
    await upkeptDestination(program, keepstead, restic);
    return "Verified in the window, damage is said until it is proved to be mended; a clean-up does what it showed.";
  },
  servers: async () => {
    const names = ["seaweedfs", "apache-tls", "azurite", "fake-gcs", "openssh", "samba"];
    await servedDestinations(program, keepstead, restic, names);
    return "Every kind of server: added in its form, backed up to, restored from and compared.";
  },
  served: async () => {
    await servedWelcome(program, keepstead, restic);
    return "Begun with nothing but a server: the first backup lies there, and the verdict says so.";
  },
  login: async () => {
    await startsAtLogin(program, keepstead);
    return "Asked to, it starts with the session, without its window; no longer asked, it does not.";
  },
  told: async () => {
    await notifications(program, keepstead);
    return "A failure is told once, a success is not, and turned off nothing is.";
  },
  locked: async () => {
    await lockedKeychain(program, keepstead);
    return "A locked keychain is said; the words open it, wrong ones do not, and so does the keychain once unlocked.";
  },
  unkept: async () => {
    await noKeychain(program);
    return "Without a keychain everything works, and the words are asked for after a start.";
  },
  kept: async () => {
    await openKeychain(program);
    return "With a keychain nothing is asked, and the words lie nowhere but in the kit.";
  },
  damaged: async () => {
    await damagedDatabase(program, keepstead);
    return "A damaged database is said and stays as it is; set aside it is kept, and all begins anew.";
  },
  newer: async () => {
    await newerDatabase(program, keepstead);
    return "The database of a newer version is left to it.";
  },
  ended: async () => {
    await endedWelcome(program);
    return "Welcome that is closed or killed leaves nothing, and begins anew.";
  },
  begun: async () => {
    await killedBeginning(program, moments.ends);
    return "Killed as the last step begins or when it is done, all begins anew, or the words open it.";
  },
  word: async () => {
    await wrongWord(program);
    return "A wrong word goes no further, a corrected one does.";
  },
  second: async () => {
    await secondStart(program);
    return "A second start brings the one window to the front, and ends.";
  },
  vanished: async () => {
    await vanishedSource(program, keepstead);
    return "Folders that vanished are said, and are no success.";
  },
  full: withDisk(async () => {
    await fullDestination(program, keepstead, restic);
    return "A destination that is full is said; with room the run comes to its end.";
  }),
  pulled: withDisk(async () => {
    await pulledDestination(program, keepstead, restic);
    return "A destination that is pulled out is said; plugged in again, the run comes to its end.";
  }),
  protected: withDisk(async () => {
    await protectedDestination(program, keepstead, restic);
    return "A destination that becomes read-only is said; writable again, the run comes to its end.";
  }),
  lock: withDisk(async () => {
    await leftLock(program, keepstead);
    return "The lock of a run that broke off does not outlive the next run.";
  }),
  aside: async () => {
    await saysWhere(program, keepstead);
    return "What was set aside is said to lie where it lies.";
  },
  between: async () => {
    await killedBeginning(program, moments.between);
    return "Killed when the vault is made, it begins anew at the same place.";
  },
  plain: async () => {
    await plainWords(program, keepstead);
    return "The locked window does not send a person to a terminal.";
  },
};

for (const name of named) assert(name in parts, `there is no part “${name}”, only ${Object.keys(parts).join(", ")}`);
const failed = [];
const display = hold();
for (const name of named.length > 0 ? named : Object.keys(parts)) {
  const begun = Date.now();
  const took = () => `(${name}, ${Math.round((Date.now() - begun) / 1000)} s)`;
  try {
    console.log(`${await parts[name]()} ${took()}`);
  } catch (error) {
    console.error(`Failed ${took()}:`, error);
    failed.push(name);
  }
}
display.kill();
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
