import { expect, test } from "vitest";

import { findKeys } from "./keys";

test("names the key that is on the keyboard", () => {
  expect(["MacIntel", "Win32", "Linux x86_64"].map(findKeys)).toEqual(["⌘ K", "Ctrl K", "Ctrl K"]);
});
