// The built interface in Chromium: node ui/tests/chromium.mjs [FOLDER FOR PICTURES] [PART]...
//
// Parts are named below; without a name all of them run. A folder has a slash in it, as target/pictures has, so that
// nobody who names a part finds a folder of that name instead.

import assert from "node:assert/strict";
import { availableParallelism } from "node:os";

import { frame } from "./frame.mjs";
import { keyboard } from "./keyboard.mjs";
import { plans } from "./plans.mjs";
import { remote } from "./remote.mjs";
import { restore } from "./restore.mjs";
import { runs } from "./runs.mjs";
import { upkeep } from "./upkeep.mjs";
import { welcome } from "./welcome.mjs";
import { start } from "./window.mjs";

/** The longest first, so that no lane is left alone with one for long. */
const parts = { upkeep, frame, remote, plans, restore, runs, welcome, keyboard };
const given = process.argv.slice(2);
const [pictures, ...more] = given.filter((argument) => argument.includes("/"));
assert(more.length === 0, "there is one folder for pictures");
const named = given.filter((argument) => !argument.includes("/")).flatMap((argument) => argument.split(","));
for (const name of named) assert(name in parts, `there is no part “${name}”, only ${Object.keys(parts).join(", ")}`);

const waiting = named.length > 0 ? named : Object.keys(parts);
// Two parts at a time, each in a browser of its own, unless it is measured how long something takes.
const lanes = Math.min(process.env.KEEPSTEAD_TIMING ? 1 : 2, availableParallelism(), waiting.length);
const browsers = [];

async function lane() {
  const browser = await start(pictures);
  browsers.push(browser);
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    await parts[name](browser);
    console.log(`${name}: sound`);
  }
}

try {
  await Promise.all(Array.from({ length: lanes }, lane));
} finally {
  waiting.length = 0;
  await Promise.all(browsers.map((browser) => browser.close()));
}
