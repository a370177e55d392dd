// Verifying destinations and cleaning them up: their cards, the dialogs, the runs, and what is said elsewhere.

import * as sample from "./sample/upkeep.mjs";
import { upkeepByKeyboard } from "./upkeep-keyboard.mjs";
import { everywhere as looks, only } from "./window.mjs";

/** States in which the program gives no answer on purpose. */
const silent = ["cleaning-gone", "run-unread"];

export async function upkeep(browser) {
  const everywhere = (name, path, answers, ready) =>
    looks(browser, `upkeep-${name}`, { answers, path }, ready, { wrong: silent.includes(name) });
  const shows = (text) => (page) => page.getByText(text).first().waitFor();
  const verify = async (page) => {
    await page.getByRole("button", { name: "Verify now: Blue disk" }).press("Enter");
    await page.getByRole("dialog", { name: "Verify Blue disk" }).waitFor();
  };
  const dialogs = {
    slow: "Looking for what no backup",
    nothing: "Nothing can be freed",
    rest: "too little to be worth the work",
    waits: "Nothing can be freed yet",
    tidy: "put in order",
    failing: "Another program works with",
    gone: "gave no answer",
  };

  for (const [name, answers] of Object.entries(sample.cards)) {
    await everywhere(`card-${name}`, "/destinations", answers, shows("Last verification"));
  }
  for (const [name, answers] of Object.entries(sample.verifying)) {
    await everywhere(`verify-${name}`, "/destinations", answers, async (page) => {
      await verify(page);
      if (name !== "refused") return;
      await page.getByRole("button", { name: "Verify", exact: true }).press("Enter");
      await shows("Nothing was proved.")(page);
    });
  }
  for (const [name, answers] of Object.entries(sample.cleaning)) {
    await everywhere(`cleaning-${name}`, "/destinations?clean=d1", answers, async (page) => {
      await shows(dialogs[name] ?? "can be freed")(page);
      if (name !== "outdated") return;
      await page.getByRole("button", { name: "Clean up", exact: true }).press("Enter");
      await shows("has changed since it was looked through")(page);
    });
  }
  await everywhere("cleaning-long", "/destinations?clean=d3", sample.card, shows("can be freed"));
  for (const [name, answers] of Object.entries(sample.states)) {
    await everywhere(`run-${name}`, "/runs/run-upkeep", answers, (page) => page.locator("main h2").first().waitFor());
  }
  await everywhere("overview", "/", sample.overview, shows("so it is not certain that all of Home records"));
  await everywhere("activity", "/activity", sample.activity, shows("Freed 1.2 GB"));
  await everywhere("palette", "/", sample.card, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("blue");
    await shows("Clean up Blue disk…")(page);
  });
  if (only.test("keyboard")) await upkeepByKeyboard(browser);
}
