import { expect, test } from "vitest";

import { meaning } from "./meaning";

test("says in words what a pattern leaves out", () => {
  const table: [string, string][] = [
    ["*.iso", "names that end in .iso"],
    ["*.tar.gz", "names that end in .tar.gz"],
    ["node_modules/", "anything with this name"],
    [".cache", "anything with this name"],
    ["/home/mara/Downloads", "exactly this place"],
    ["Cache/**", "all that is in Cache"],
    ["IMG_[0-9]?.jpg", "what fits this pattern"],
    ["*.{tmp,bak}", "what fits this pattern"],
  ];
  for (const [pattern, expected] of table) expect(meaning(pattern), pattern).toBe(expected);
});
