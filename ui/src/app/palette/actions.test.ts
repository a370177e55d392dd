import { expect, test } from "vitest";

import { actions } from "./actions";

const labels = (state: Parameters<typeof actions>[0]) => actions(state).map(({ label }) => label);

test("offers the sidebar only where both its forms have room", () => {
  expect(labels({ theme: "dark", rail: true, hasRoom: false })).not.toContain("Widen the sidebar");
  expect(labels({ theme: "dark", rail: true, hasRoom: true })).toContain("Widen the sidebar");
  expect(labels({ theme: "dark", rail: false, hasRoom: true })).toContain("Narrow the sidebar");
});

test("says which theme is chosen", () => {
  const noted = actions({ theme: "dark", rail: false, hasRoom: true }).filter(({ note }) => note);
  expect(noted.map(({ label }) => label)).toEqual(["Use the dark theme"]);
});
