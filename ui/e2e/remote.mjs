// Every kind of server: added in the window's form, backed up to, restored from, compared, and judged by restic.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { fill, home, same } from "./home.mjs";
import { inWindow, until } from "./webdriver.mjs";

const OPEN = { AWS_ACCESS_KEY_ID: "access_key_id", AWS_SECRET_ACCESS_KEY: "secret_access_key" };

/** Starts servers; what is said of each by its name, and `end`, which ends them. */
export async function serve(program, names) {
  const running = spawn(join(dirname(program), "servers"), ["--json", ...names], { stdio: ["pipe", "pipe", "inherit"] });
  const servers = new Map();
  for await (const line of createInterface({ input: running.stdout })) {
    const server = JSON.parse(line);
    servers.set(server.name, server);
    if (servers.size === names.length) break;
  }
  const end = async () => {
    const ended = running.exitCode === null && once(running, "exit");
    running.stdin.end("\n");
    await ended;
  };
  if (servers.size < names.length) {
    await end();
    assert.fail("not every server starts");
  }
  return { servers, end };
}

/** The control under the label of a setting. */
const control = (label) => `
  const label = [...document.querySelectorAll("label")].find((it) => it.htmlFor && it.innerText.trim().startsWith(${JSON.stringify(label)}));
  const found = label && document.getElementById(label.htmlFor);`;

/** Fills a control in as a person does, whatever it is. */
async function say(window, { label }, value) {
  const selector = await until(label, () => window.run(`${control(label)} return found && "#" + CSS.escape(found.id)`));
  const element = await window.run("return document.querySelector(arguments[0]).tagName", selector);
  if (element === "SELECT") {
    await window.run(
      `const it = document.querySelector(arguments[0]);
       Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(it, arguments[1]);
       it.dispatchEvent(new Event("change", { bubbles: true }));`,
      selector, value,
    );
  } else if (element === "TEXTAREA") {
    // Pasted: typed, every line of a key would take its time.
    await window.run(
      `const it = document.querySelector(arguments[0]);
       Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(it, arguments[1]);
       it.dispatchEvent(new Event("input", { bubbles: true }));`,
      selector, value,
    );
  } else await window.retype(selector, value);
}

/** Fills the form of its kind in, from nothing but what a person was told about the server, until it works. */
export async function describe(window, kinds, server, folder) {
  const kind = kinds.find(({ id }) => id === server.kind);
  await window.choose("Server or cloud");
  await window.choose(`${kind.label}${kind.about}`);
  await window.says("Test connection");
  await window.run("document.querySelector('details').open = true");
  const wanted = { ...server.settings, folder };
  // A field may be there only once another holds something.
  const fields = kind.fields.filter(({ key }) => wanted[key] !== undefined);
  const first = fields.filter(({ shape }) => shape.is === "choice");
  for (const field of [...first, ...fields.filter((each) => !first.includes(each))]) await say(window, field, wanted[field.key]);
  await window.choose("Test connection");
  if (server.shows) {
    await window.says("could not prove who it is");
    // A certificate's digits stand in pairs.
    const plain = (text) => text.replaceAll(":", "").toLowerCase();
    assert(plain(await window.run("return document.body.innerText")).includes(plain(server.shows)), "it shows what it showed");
    await window.choose("It is the right one: trust it");
  }
  await window.says(" works: ", 40);
  await window.says("There are no backups of Keepstead on it yet.");
  await say(window, { label: "Name" }, server.name);
}

/** Adds a destination in the form of its kind. */
async function addInWindow(window, kinds, server, folder) {
  await window.run("location.hash = '#/'");
  await window.run("location.hash = '#/destinations?add=true'");
  await window.says("Add a destination");
  await describe(window, kinds, server, folder);
  await window.choose("Add destination");
  await until("the card", () => window.run("return [...document.querySelectorAll('h2')].some((it) => it.innerText === arguments[0])", server.name), 60);
}

/** Sees that what is secret about servers lies nowhere in a folder but sealed. */
export function sealed(folder, kinds, servers) {
  for (const { name, kind, settings } of servers.values()) {
    const secrets = kinds.find(({ id }) => id === kind).fields.filter(({ key, secret }) => secret && settings[key]);
    assert(secrets.length > 0 || name === "fake-gcs", `${name} has no secret`);
    for (const { key } of secrets) {
      // Of a private key a line that no other has.
      const secret = settings[key].split("\n").sort((one, other) => other.length - one.length)[0];
      const search = spawnSync("grep", ["--recursive", "--files-with-matches", "--fixed-strings", secret, folder], { encoding: "utf8" });
      assert.equal(search.status, 1, `${name}: a secret lies in ${search.stdout}`);
    }
  }
}

/** What restic is told to open it with; nothing where restic cannot reach it. */
export function resticOf({ kind, settings }, repository) {
  if (kind === "s3") return { repository, env: Object.fromEntries(Object.entries(OPEN).map(([name, key]) => [name, settings[key]])) };
  if (kind === "webdav") {
    const obscured = execFileSync("rclone", ["obscure", settings.password], { encoding: "utf8" }).trim();
    // Its certificate is known to nobody; that Keepstead trusts it and no other is what was shown above.
    return { repository, env: { RCLONE_WEBDAV_PASS: obscured, RCLONE_NO_CHECK_CERTIFICATE: "true" } };
  }
  return undefined;
}

export async function servedDestinations(program, keepstead, restic, names) {
  const { at, environment, remove } = await home();
  await fill(at);
  const env = { ...process.env, ...environment };
  const run = (...args) => {
    const ended = spawnSync(keepstead, [...args, "--json"], { env, encoding: "utf8" });
    assert([0, 3].includes(ended.status), `${args.join(" ")}: ${ended.stderr}`);
    return JSON.parse(ended.stdout.trim().split("\n").at(-1));
  };
  const { words } = run("kit", "create");
  env.KEEPSTEAD_UNLOCK = words.join(" ");
  const kinds = run("destination", "kinds");
  const { servers, end } = await serve(program, names).catch(async (error) => {
    await remove();
    throw error;
  });
  try {
    await inWindow(program, env, async (window) => {
      for (const server of servers.values()) {
        const { name, kind, data, settings } = server;
        const inside = kind === "sftp" ? `${settings.folder}/Back ups` : "Back ups/ä";
        await addInWindow(window, kinds, server, inside);
        const plan = `Documents to ${name}`;
        run("plan", "add", plan, "--source", at("Documents"), "--source", at("Pictures"), "--to", name);
        await window.run("location.hash = '#/plans'");
        await window.choose(`Back up now: ${plan}`);
        await until("the run", () => window.run("return location.hash.startsWith('#/runs/')"));
        await window.says("its first folder was read back", 60);
        const [last] = run("history", "--limit", "1");
        assert.deepEqual([last.status, last.destination], ["SUCCESS", name]);

        // Its card tells what is known of it.
        await window.run("location.hash = '#/destinations'");
        const card = `return [...document.querySelectorAll("li")].find((it) => it.querySelector("h2")?.innerText === arguments[0])?.innerText`;
        await until("the card", async () => /Last copy\njust now[^]*answers within \d+ ms/.test(await window.run(card, name)));

        // The originals are lost, and come back to where they were.
        const entry = run("destination", "list").find((each) => each.name === name);
        const kept = at(`kept-${name}`);
        execFileSync("cp", ["--archive", at("Documents"), kept]);
        await rm(at("Documents"), { recursive: true });
        await window.run("location.hash = arguments[0]", `#/restore?destination=${entry.id}`);
        await window.chooseAt("[role=treeitem] [data-box]");
        await window.says("Keep both");
        await window.choose("Restore 5 files");
        await until("the restore", () => window.run("return document.querySelector('h1')?.innerText.startsWith('Resto')"));
        await window.says("Succeeded", 40);
        assert(same(kept, at("Documents")), `${name}: what came back differs from what was`);

        // And everything, by the command line, to another place.
        const target = at(`restored-${name}`);
        await mkdir(target);
        const restored = spawnSync(keepstead, ["restore", "--from", name, "--target", target], { env, encoding: "utf8" });
        assert.equal(restored.status, 0, restored.stderr);
        for (const folder of ["Documents", "Pictures"]) {
          const there = execFileSync("find", [target, "-type", "d", "-name", folder], { encoding: "utf8" }).trim();
          assert(same(at(folder), there), `${name}: what came back differs from what was`);
        }

        // Another program opens it with the words of the kit.
        const outside = resticOf(server, entry.repository);
        const found = execFileSync("find", [data, "-type", "d", "-name", "vault"], { encoding: "utf8" }).trim();
        const repositories = [outside, found && ["webdav", "sftp", "smb"].includes(kind) && { repository: found, env: {} }].filter(Boolean);
        for (const { repository, env: more } of repositories) {
          execFileSync(restic, ["--no-cache", "--repo", repository, "check", "--read-data"], {
            env: { PATH: env.PATH, HOME: at(), RESTIC_PASSWORD: words.join(" "), ...more },
            encoding: "utf8",
          });
        }
        assert(repositories.length > 0 || ["azure", "gcs"].includes(kind), `${name}: restic judged nothing`);
      }
    });
    sealed(at(), kinds, servers);
  } finally {
    await end();
    await remove();
  }
}
