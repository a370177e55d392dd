// The three steps with a server as the only place: described and tried in the second, the first backup, the verdict.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdir } from "node:fs/promises";

import { exists, fill, home } from "./home.mjs";
import { describe, resticOf, sealed, serve } from "./remote.mjs";
import { inWindow, until } from "./webdriver.mjs";
import { toPlaces, typeTwo, wordsOf } from "./welcome.mjs";

export async function servedWelcome(program, keepstead, restic) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  const run = (...args) => {
    const ended = spawnSync(keepstead, [...args, "--json"], { env, encoding: "utf8" });
    assert([0, 3].includes(ended.status), `${args.join(" ")}: ${ended.stderr}`);
    return JSON.parse(ended.stdout.trim().split("\n").at(-1));
  };
  const kinds = run("destination", "kinds");
  const { servers, end } = await serve(program, ["seaweedfs"]).catch(async (error) => {
    await remove();
    throw error;
  });
  try {
    const server = servers.get("seaweedfs");
    await inWindow(program, env, async (window) => {
      await toPlaces(window);
      // Disks that this machine has are not meant.
      await window.says("Not advised");
      await window.run("document.querySelectorAll('main li [role=checkbox][aria-checked=true]').forEach((it) => it.click())");
      await describe(window, kinds, server, "Back ups/ä");
      await window.choose("Use this place");
      await window.says("1 place, off this computer’s disk");
      const chosen = await window.run("return document.activeElement.ariaLabel");
      assert.equal(chosen, server.name, "the keyboard is at the place that was described");
      assert(!(await exists(at(".local/share/keepstead"))), "nothing is written yet");
      await window.choose("Continue");

      const words = await wordsOf(window);
      await window.choose("Save the kit as PDF");
      await window.says("Saved as");
      const kit = (await readdir(at("Downloads"))).filter((name) => name.endsWith(".pdf"));
      const printed = execFileSync("pdftotext", ["-layout", at("Downloads", kit[0]), "-"], { encoding: "utf8" });
      assert(printed.includes(server.name) && printed.includes(server.settings.bucket), "the kit says where the copies are");
      await typeTwo(window, words);
      await window.choose("Start");
      await window.says("Open Keepstead", 60);
      await window.choose("Open Keepstead");
      await until("the run", () => window.run("return location.hash.startsWith('#/runs/')"));
      await window.says("Succeeded", 60);
      await window.says("its first folder was read back");

      await window.run("location.hash = '#/'");
      await until("the verdict", async () => (await window.run("return document.querySelector('aside').innerText")).includes("Protected"));
      await window.run("location.hash = '#/destinations'");
      await window.says("Last copy");

      // It is where it was said to be, and opens with the words of the kit.
      env.KEEPSTEAD_UNLOCK = words.join(" ");
      const [entry, ...others] = run("destination", "list");
      assert.deepEqual([entry.name, entry.off_disk, others], [server.name, true, []]);
      const { repository, env: login } = resticOf(server, entry.repository);
      execFileSync(restic, ["--no-cache", "--repo", repository, "check", "--read-data"], {
        env: { PATH: env.PATH, HOME: at(), RESTIC_PASSWORD: words.join(" "), ...login },
        encoding: "utf8",
      });
    });
    sealed(at(), kinds, servers);
  } finally {
    await end();
    await remove();
  }
}
