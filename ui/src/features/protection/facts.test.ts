import { expect, test } from "vitest";

import type { PlanEntry, RunEntry, Verdict } from "../../ipc/bindings";
import { facts } from "./facts";

const verdict = { newest_copy_at: "2026-11-25T13:22:00Z", left_out: [] as string[] } as Verdict;
const plans = [
  {
    name: "Photos",
    targets: [{ destination_name: "Blue disk", last_copy_at: "2026-11-25T13:22:00Z" }],
  },
] as PlanEntry[];
const runs = [
  { plan: "Photos", destination: "Blue disk", status: "FAILED", ended_at: "2026-11-25T13:50:00Z", verified: false },
  { plan: "Photos", destination: "Blue disk", status: "SUCCESS", ended_at: "2026-11-25T13:22:00Z", verified: true },
] as RunEntry[];

test("names the newest copy, the last one read back, and how the last run ended", () => {
  const [newest, read, next, last] = facts(verdict, plans, runs);
  expect(newest).toMatchObject({ at: "2026-11-25T13:22:00Z", hint: "Photos, to Blue disk" });
  expect(read).toMatchObject({ at: "2026-11-25T13:22:00Z", hint: "Photos, to Blue disk" });
  expect(next).toMatchObject({ at: null, instead: "By hand" });
  expect(last).toMatchObject({ at: "2026-11-25T13:50:00Z", hint: "Failed, Photos" });
});

test("speaks of a restore drill only where the verdict leaves it out", () => {
  const names = (left_out: string[]) => facts({ ...verdict, left_out }, plans, runs).map(({ name }) => name);
  expect(names([])).not.toContain("Restore drill");
  expect(names(["Restore drills are not there yet."])).toContain("Restore drill");
});

test("claims nothing before the first run", () => {
  const said = facts({ ...verdict, newest_copy_at: null }, [], []);
  expect(said.map(({ at }) => at)).toEqual([null, null, null, null]);
});
