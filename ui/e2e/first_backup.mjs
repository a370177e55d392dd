// From the first start to a restored file, as a person does it.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdir, rm, stat } from "node:fs/promises";

import { exists, fill, home, same } from "./home.mjs";
import { panel } from "./tray.mjs";
import { open, until } from "./webdriver.mjs";
import { toKey, typeTwo } from "./welcome.mjs";

/** What the window must refuse, whatever its page says. */
async function refusals(window) {
  // The content security policy holds in this build.
  const refused = "try { return new Function('return \"ran\"')() } catch (error) { return error.name }";
  assert.equal(await window.run(refused), "EvalError");
  const remote = "return fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)";
  assert.equal(await window.run(remote), "TypeError");
  const forbidden = `return window.__TAURI_INTERNALS__.invoke("plugin:window|set_title", { value: "x" })
    .then(() => "allowed", (error) => String(error))`;
  assert.match(await window.run(forbidden), /not allowed/);
  // Nothing is wider than the window, and the fonts are the bundled ones.
  for (const [width, height] of [[1280, 800], [1024, 700], [720, 520]]) {
    await window.resize(width, height);
    const overflow = "return document.documentElement.scrollWidth - innerWidth";
    assert.equal(await window.run(overflow), 0, `${width} × ${height} scrolls sideways`);
  }
  assert(await window.run("return document.fonts.check('14px \"Inter Variable\"')"));
}

export async function firstBackup(program, restic) {
  const { at, environment, remove } = await home();
  await fill(at);
  const tray = await panel();
  const window = await open(program, environment);
  try {
    // Three steps. Nothing is written before the last.
    const words = await toKey(window);
    assert(!(await exists(at(".local/share/keepstead"))) && !(await exists(at("Keepstead"))), "nothing is written yet");
    await window.choose("Save the kit as PDF");
    await window.says("Saved as");
    const kit = (await readdir(at("Downloads"))).filter((name) => name.endsWith(".pdf"));
    assert.equal(kit.length, 1);
    assert.equal((await stat(at("Downloads", kit[0]))).mode & 0o777, 0o600);
    const printed = execFileSync("pdftotext", ["-layout", at("Downloads", kit[0]), "-"], { encoding: "utf8" });
    for (const word of words) assert(printed.includes(word), "the kit holds the words");
    await typeTwo(window, words);
    await window.choose("Start");

    // Without a keychain it says so before it goes on; then the run, and its end.
    await window.choose("Open Keepstead");
    await until("the run", () => window.run("return location.hash.startsWith('#/runs/')"));
    const first = window.clicks();
    assert(first <= 6, `${first} clicks to the first backup`);
    await window.says("Succeeded", 20);
    await window.says("Read back");

    // Another program opens it with the words of the kit.
    const repository = at("Keepstead/vault");
    const asRestic = (...args) =>
      execFileSync(restic, ["--no-cache", "--repo", repository, ...args], {
        env: { PATH: process.env.PATH, HOME: at(), RESTIC_PASSWORD: words.join(" ") },
        encoding: "utf8",
      });
    asRestic("check", "--read-data");
    assert.equal(JSON.parse(asRestic("snapshots", "--json")).length, 1);

    // The tray says what the window says.
    const verdict = await window.run("return document.querySelector('aside').innerText");
    const line = (await tray.labels())[0];
    assert(verdict.includes(line.split(": ")[0]), `the tray says “${line}”, the window “${verdict}”`);

    // The originals are lost, and come back to where they were.
    execFileSync("cp", ["--archive", at("Documents"), at("kept")]);
    await rm(at("Documents"), { recursive: true });
    await window.run("location.hash = '#/restore'");
    await window.chooseAt("[role=treeitem] [data-box]");
    await window.says("Keep both");
    await window.choose("Restore 5 files");
    await until("the restore", () => window.run("return document.querySelector('h1')?.innerText.startsWith('Resto')"));
    await window.says("Succeeded", 20);
    await window.says("where they were");
    assert(same(at("kept"), at("Documents")), "what came back differs from what was");

    // The destination names the plan that uses it.
    await window.run("location.hash = '#/destinations'");
    const plans = await until("the destination", () =>
      window.run("return [...document.querySelectorAll('dt')].find((it) => it.innerText === 'Plans')?.nextElementSibling.innerText"),
    );
    assert.equal(plans, "My files");

    // No word of the kit anywhere but in the kit: two in a row give it away.
    const pair = `${words[3]} ${words[4]}`;
    const search = spawnSync("grep", ["--recursive", "--files-with-matches", "--fixed-strings", pair, at()], { encoding: "utf8" });
    assert.equal(search.status, 1, `the words lie in ${search.stdout}`);
    await refusals(window);
    return { clicks: { first, all: window.clicks() } };
  } catch (error) {
    const seen = await window.run("return document.body.innerText").catch(() => "no window");
    throw new Error(`the window says:\n${seen}`, { cause: error });
  } finally {
    await window.close();
    tray.close();
    await remove();
  }
}
