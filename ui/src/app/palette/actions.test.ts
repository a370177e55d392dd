import { expect, test, vi } from "vitest";

import { actions } from "./actions";

const plans = [
  { id: "1", name: "Photos", enabled: true },
  { id: "2", name: "Letters", enabled: false },
];
const nothing = () => {};
const does = { backUp: nothing, verify: nothing, cleanUp: nothing, go: nothing };
const state = { theme: "dark", rail: false, hasRoom: true, plans, destinations: [], ...does, hold: undefined } as const;
const labels = (change: Partial<Parameters<typeof actions>[0]>) =>
  actions({ ...state, ...change }).map(({ label }) => label);

test("offers the sidebar only where both its forms have room", () => {
  expect(labels({ rail: true, hasRoom: false })).not.toContain("Widen the sidebar");
  expect(labels({ rail: true })).toContain("Widen the sidebar");
  expect(labels({})).toContain("Narrow the sidebar");
});

test("says which theme is chosen", () => {
  const noted = actions(state).filter(({ note }) => note);
  expect(noted.map(({ label }) => label)).toEqual(["Use the dark theme"]);
});

test("backs up all plans, or one", () => {
  const backUp = vi.fn();
  for (const { run } of actions({ ...state, backUp }).slice(0, 3)) run();
  expect(backUp.mock.calls).toEqual([[[]], [["1"]], [["2"]]]);
});

test("offers to back up all only where something is not paused", () => {
  expect(labels({ plans: [] })).not.toContain("Back up everything now");
  expect(labels({ plans: plans.slice(1) })).not.toContain("Back up everything now");
});

test("holds what is under way, and lets it go on", () => {
  const change = vi.fn();
  expect(labels({})).not.toContain("Pause what is under way");
  expect(labels({ hold: { paused: true, change } })).toContain("Resume what is paused");
  actions({ ...state, hold: { paused: false, change } })
    .find(({ label }) => label === "Pause what is under way")
    ?.run();
  expect(change).toHaveBeenCalledOnce();
});

test("verifies and cleans up what is here, and leaves alone what is away", () => {
  const destinations = [
    { id: "a", name: "Blue disk", state: "ready" },
    { id: "b", name: "Attic NAS", state: "not_mounted" },
  ] as const;
  const verify = vi.fn();
  const cleanUp = vi.fn();
  const found = actions({ ...state, destinations, verify, cleanUp });
  const about = found.filter(({ label }) => /^(Verify|Clean up)/.test(label));
  expect(about.map(({ label }) => label)).toEqual(["Verify Blue disk", "Clean up Blue disk…"]);
  for (const { run } of about) run();
  expect([verify.mock.calls, cleanUp.mock.calls]).toEqual([[["a"]], [["a"]]]);
});
