// Pressing what the keyboard reaches, and looking at what the program was asked.

import assert from "node:assert/strict";

/** Brings the keyboard to something and presses it. */
export async function press(page, role, name, key = "Enter", exact = false) {
  const found = page.getByRole(role, { name, exact }).first();
  await found.focus();
  await page.keyboard.press(key);
}

/**
 * Waits until the keyboard is there. A dialog that closes gives it back a moment after it is gone: a key that is pressed
 * between would go where it is brought back to.
 */
export const reaches = (page, name) =>
  page.waitForFunction((wanted) => (document.activeElement.ariaLabel || document.activeElement.innerText.trim()) === wanted, name);

/** The arguments of every call of that command so far. */
export const asked = (page, command) =>
  page.evaluate((wanted) => window.asked.filter((call) => call.command === wanted).map(({ args }) => args), command);

/** Waits until the command was asked with these arguments. */
export async function waitAsked(page, command, args) {
  const wanted = JSON.stringify(args);
  await page
    .waitForFunction(
      ([name, text]) => window.asked.some((call) => call.command === name && JSON.stringify(call.args) === text),
      [command, wanted],
      { timeout: 5000 },
    )
    .catch(async () => assert.fail(`${command} ${wanted} was not asked, but ${JSON.stringify(await asked(page, command))}`));
}

/** Tab to what has this name. */
export async function tabTo(page, name) {
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      return element.ariaLabel || element.labels?.[0]?.innerText || element.innerText?.trim() || "";
    });
    if (at === name) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}
