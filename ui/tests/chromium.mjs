// The built interface in Chromium: node ui/tests/chromium.mjs [FOLDER FOR PICTURES] [PART]...
//
// Parts are named below; without a name all of them run. A folder has a slash in it, as target/pictures has, so that
// nobody who names a part finds a folder of that name instead.

import assert from "node:assert/strict";

import { frame } from "./frame.mjs";
import { keyboard } from "./keyboard.mjs";
import { plans } from "./plans.mjs";
import { remote } from "./remote.mjs";
import { restore } from "./restore.mjs";
import { runs } from "./runs.mjs";
import { upkeep } from "./upkeep.mjs";
import { welcome } from "./welcome.mjs";
import { start } from "./window.mjs";

const parts = { frame, keyboard, welcome, plans, runs, restore, upkeep, remote };
const given = process.argv.slice(2);
const [pictures, ...more] = given.filter((argument) => argument.includes("/"));
assert(more.length === 0, "there is one folder for pictures");
const named = given.filter((argument) => !argument.includes("/")).flatMap((argument) => argument.split(","));
for (const name of named) assert(name in parts, `there is no part “${name}”, only ${Object.keys(parts).join(", ")}`);

const browser = await start(pictures);
try {
  for (const name of named.length > 0 ? named : Object.keys(parts)) {
    await parts[name](browser);
    console.log(`${name}: sound`);
  }
} finally {
  await browser.close();
}
