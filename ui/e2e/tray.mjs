// The tray as a person uses it, over the bus that panels use.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { until } from "./webdriver.mjs";

const script = fileURLToPath(new URL("tray.py", import.meta.url));

/** A panel on this session's bus, or on that of `env`; `close` ends it. */
export async function panel(env) {
  const process = spawn("/usr/bin/python3", [script], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  async function next() {
    const { value, done } = await lines.next();
    if (done) throw new Error("the panel ended");
    const said = JSON.parse(value);
    if ("error" in said) throw new Error(`the panel: ${said.error}`);
    return said.ok;
  }
  async function ask(command) {
    process.stdin.write(`${command}\n`);
    return next();
  }
  await next();
  const entries = () => ask("menu");
  /** The labels, those of a submenu behind its own. */
  const labels = (menu) => menu.filter((it) => !it.separator).flatMap((it) => [it.label, ...labels(it.children)]);
  const find = (menu, label) => {
    for (const it of menu) {
      const found = it.label === label ? it : find(it.children, label);
      if (found) return found;
    }
    return undefined;
  };
  return {
    icons: () => ask("items"),
    labels: async () => labels(await entries()),
    /** Waits for an entry that the label fits, and chooses it. */
    choose: async (label) => {
      const entry = await until(`the entry “${label}”`, async () => find(await entries(), label));
      assert(entry.enabled, `${label} cannot be chosen`);
      await ask(`click ${entry.id}`);
    },
    /** The notifications so far: their titles and texts. */
    told: () => ask("told"),
    close: () => process.kill(),
  };
}
