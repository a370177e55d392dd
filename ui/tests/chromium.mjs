// The built interface in Chromium: node ui/tests/chromium.mjs [FOLDER FOR PICTURES] [PART,PART]

import { frame } from "./frame.mjs";
import { keyboard } from "./keyboard.mjs";
import { plans } from "./plans.mjs";
import { restore } from "./restore.mjs";
import { runs } from "./runs.mjs";
import { welcome } from "./welcome.mjs";
import { start } from "./window.mjs";

const parts = { frame, keyboard, welcome, plans, runs, restore };
const asked = process.argv[3]?.split(",") ?? Object.keys(parts);

const browser = await start(process.argv[2]);
try {
  for (const name of asked) {
    await parts[name](browser);
    console.log(`${name}: sound`);
  }
} finally {
  await browser.close();
}
