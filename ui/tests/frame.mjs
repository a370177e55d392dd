// The frame, the overview, destinations, activity, settings, and the window while nothing is open.

import { frameByKeyboard } from "./frame-keyboard.mjs";
import * as sample from "./sample/frame.mjs";
import { everywhere as looks } from "./window.mjs";

const screens = { overview: "/", destinations: "/destinations", activity: "/activity", settings: "/settings" };
const states = { full: sample.full, empty: sample.empty, failing: sample.failing, slow: sample.slow };

export async function frame(browser) {
  const everywhere = (name, state, ready) => looks(browser, name, state, ready);
  const shows = (text) => (page) => page.getByText(text).first().waitFor();
  const after = { slow: (page) => page.waitForTimeout(450), failing: shows("could not read its records") };

  for (const [screen, path] of Object.entries(screens)) {
    for (const [name, answers] of Object.entries(states)) {
      await everywhere(`${screen}-${name}`, { path, answers }, after[name]);
    }
  }
  await everywhere("overview-gone", { answers: sample.gone }, shows("gave no answer"));
  for (const [name, verdict] of Object.entries(sample.verdicts)) {
    if (name !== "protected" && name !== "not_set_up") {
      await everywhere(`overview-${name}`, { answers: { ...sample.troubled, verdict: { ok: verdict } } });
    }
  }
  await everywhere("overview-table", { answers: sample.full }, (page) => page.getByText("Show as table").click());
  await everywhere("working", { path: "/destinations", answers: sample.working }, shows("61%"));
  await everywhere("held", { path: "/destinations", answers: sample.held }, shows("Paused at 61%"));
  await everywhere("held-rail", { path: "/destinations", answers: sample.held, sidebar: "rail" });
  await everywhere("rail", { path: "/destinations", answers: sample.working, sidebar: "rail" });
  await everywhere("adding", { path: "/destinations?add=true", answers: sample.full }, async (page) => {
    await page.getByRole("radio", { name: /Rote Platte/ }).check();
    await shows("Works: 84 MB/s.")(page);
  });
  await everywhere("adding-refused", { path: "/destinations?add=true", answers: { ...sample.full, try_place: { error: { code: "read_only", message: "Rote Platte is write-protected.", hint: "Choose another place, or lift its write protection." } } } }, async (page) => {
    await page.getByRole("radio", { name: /Rote Platte/ }).check();
    await shows("is write-protected")(page);
  });
  await everywhere("activity-none", { path: "/activity", answers: { ...sample.full, activity: { ok: [] } } }, async (page) => {
    await page.getByText("Errors", { exact: true }).click();
    await shows("No line is like that")(page);
  });
  await everywhere("settings-kit", { path: "/settings", answers: sample.full }, async (page) => {
    await page.getByRole("button", { name: "Save kit as PDF" }).click();
    await page.getByRole("button", { name: "Show the words" }).click();
    await page.getByText("thistle").scrollIntoViewIfNeeded();
  });
  await everywhere("settings-confirm", { path: "/settings", answers: sample.full }, async (page) => {
    await page.getByRole("button", { name: "Confirm two words" }).click();
    await shows("Word 7")(page);
    await page.getByText("Cancel").scrollIntoViewIfNeeded();
  });
  await everywhere("settings-limits", { path: "/settings", answers: sample.limited }, async (page) => {
    await page.getByRole("textbox", { name: "Download, at most" }).fill("fast");
    await page.keyboard.press("Enter");
    await shows("Type a number of 1 or more")(page);
    await page.getByRole("heading", { name: "Background" }).scrollIntoViewIfNeeded();
  });
  await everywhere("locked", { answers: sample.locked });
  await everywhere("broken", { answers: sample.broken });
  await everywhere("broken-aside", { answers: sample.broken }, async (page) => {
    await page.getByRole("button", { name: /Set the damaged file aside/ }).click();
    await page.getByRole("button", { name: "Set it aside" }).click();
    await shows("lies here now")(page);
  });
  await everywhere("broken-newer", { answers: sample.newer });
  await everywhere("no-answer", { answers: sample.noAnswer }, shows("does not answer"));
  await everywhere("palette", { answers: sample.full }, (page) => page.keyboard.press("Control+k").then(() => shows("Go to")(page)));
  await everywhere("palette-found", { answers: sample.full }, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("the da");
    await shows("1 result")(page);
  });
  await everywhere("palette-none", { answers: sample.full }, async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("zeppelin");
    await shows("Nothing is called")(page);
  });
  await everywhere("lost", { path: "/nowhere", answers: sample.full });
  await frameByKeyboard(browser);
}
