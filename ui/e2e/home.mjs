// A person's home, with files in it, and a place for copies; nothing of this machine is read or changed.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { access, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DAY = 86_400;

/** A home of its own; `remove` takes it away again. */
export async function home() {
  const folder = await mkdtemp(join(tmpdir(), "keepstead-window-"));
  const at = (...parts) => join(folder, ...parts);
  const environment = {
    HOME: folder,
    XDG_CACHE_HOME: at(".cache"),
    XDG_CONFIG_HOME: at(".config"),
    XDG_DATA_HOME: at(".local/share"),
    GDK_BACKEND: "x11",
    LIBGL_ALWAYS_SOFTWARE: "1",
    NO_AT_BRIDGE: "1",
    WEBKIT_DISABLE_DMABUF_RENDERER: "1",
  };
  return { at, environment, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Documents and pictures as homes have them: names of all kinds, a link, an empty folder, old dates. */
export async function fill(at) {
  await mkdir(at("Documents", "Geld & Verträge", "leer"), { recursive: true });
  await mkdir(at("Pictures", "2025"), { recursive: true });
  await mkdir(at("Downloads"), { recursive: true });
  const files = {
    "Documents/letter.txt": "Dear me\n",
    "Documents/[draft] *.txt": "brackets and a star\n",
    "Documents/Geld & Verträge/Vertrag “neu”.pdf": `%PDF-1.4\n${"x".repeat(70_000)}`,
    "Documents/家計簿.csv": "月,円\n1,1000\n",
    "Documents/.hidden": "",
  };
  for (let number = 0; number < 40; number += 1) {
    files[`Pictures/2025/IMG_${4800 + number}.jpg`] = Buffer.alloc(50_000 + number * 977, `picture ${number} `);
  }
  for (const [path, content] of Object.entries(files)) {
    await writeFile(at(path), content);
    await utimes(at(path), 1_700_000_000, 1_700_000_000 - DAY * path.length);
  }
  await symlink("letter.txt", at("Documents", "newest"));
}

export const exists = (path) => access(path).then(() => true, () => false);

/** Whether two folders hold the same: contents, kinds, modes, links and times of everything. */
export function same(one, other) {
  execFileSync("diff", ["--recursive", "--no-dereference", one, other], { stdio: "inherit" });
  const facts = (folder) =>
    execFileSync("find", [folder, "-mindepth", "1", "-printf", "%P %y %m %s %l %T@\n"], { encoding: "utf8" })
      .split("\n")
      .sort()
      .join("\n");
  return facts(one) === facts(other);
}

/** Sets an installation up by command line, with a plan of these folders. */
export async function setUp(keepstead, at, environment, sources = [at("Documents"), at("Pictures")]) {
  /** What the command line answers last; that not everything is protected is no failure here. */
  const run = (...args) => {
    const ended = spawnSync(keepstead, [...args, "--json"], { env: environment, encoding: "utf8" });
    assert([0, 3].includes(ended.status), `${args.join(" ")}: ${ended.stderr}`);
    return JSON.parse(ended.stdout.trim().split("\n").at(-1));
  };
  const { words } = run("kit", "create");
  environment.KEEPSTEAD_UNLOCK = words.join(" ");
  await mkdir(at("disk"), { recursive: true });
  run("destination", "add", at("disk"), "--name", "Disk");
  run("plan", "add", "Documents", ...sources.flatMap((source) => ["--source", source]), "--to", "Disk");
  return { words, run };
}
