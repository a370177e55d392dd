import { expect, test } from "vitest";

import type { Fix } from "../../ipc/bindings";
import { fixLabel } from "./fixes";

const names: Record<string, string> = { p: "Family photos", d: "Blue disk", l: "Letters, contracts and everything else" };
const label = (fix: Fix) => fixLabel(fix, (id) => names[id]);

test.each<[Fix, string | undefined]>([
  [{ kind: "back_up", plan: "p" }, "Back up Family photos"],
  [{ kind: "back_up", plan: "unknown" }, "Back up now"],
  [{ kind: "back_up", plan: "l" }, "Back up now"],
  [{ kind: "plug_in", destination: "d" }, "Show Blue disk"],
  [{ kind: "resume", plan: "p" }, "Resume Family photos"],
  [{ kind: "show_run", run: "r" }, "See what happened"],
  [{ kind: "add_destination" }, "Add a destination"],
  [{ kind: "confirm_kit" }, "Confirm the recovery kit"],
  [{ kind: "set_up" }, "Make a plan"],
  [{ kind: "set_clock" }, undefined],
])("%o is %s", (fix, words) => {
  expect(label(fix)).toBe(words);
});
