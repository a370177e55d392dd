import { expect, test } from "vitest";

import { jump } from "./jump";

const names = ["Anna", "Archive", "Ärzte", "Bank", "Bilder", "写真"];

test("goes to the next name that begins with what was typed", () => {
  expect(jump(names, "b", -1)).toBe(3);
  expect(jump(names, "ar", 0)).toBe(1);
  expect(jump(names, "ä", 0)).toBe(2);
  expect(jump(names, "写", 2)).toBe(5);
});

test("walks with one letter, and comes round", () => {
  expect(jump(names, "b", 3)).toBe(4);
  expect(jump(names, "bb", 4)).toBe(3);
});

test("stays on a name while it is typed on, and where nothing fits", () => {
  expect(jump(names, "bil", 4)).toBe(4);
  expect(jump(names, "zz", 4)).toBe(4);
  expect(jump([], "a", -1)).toBe(-1);
});
