import { expect, test } from "vitest";

import { matches } from "./matches";
import { pieces } from "./pieces";

test.each([
  ["Use the dark theme", "dark", 1],
  ["Use the dark theme", "the da", 1],
  ["Use the dark theme", "DÁRK", 1],
  ["Use the dark theme", "night", 0.5],
  ["Use the dark theme", "night dark", 0.5],
  ["Use the dark theme", "ark", 0],
  ["Use the dark theme", "dark light", 0],
  ["Settings", "  ", 1],
])("%s for “%s” counts %d", (label, query, score) => {
  expect(matches(label, query, ["night mode"])).toBe(score);
});

test("marks what was typed, the longest first, and loses no letter", () => {
  const cut = pieces("Use the dark theme", "t the");
  expect(cut.filter(({ found }) => found).map(({ part }) => part)).toEqual(["the", "the"]);
  expect(cut.map(({ part }) => part).join("")).toBe("Use the dark theme");
});
