import { expect, test } from "vitest";

import { messages } from ".";

/** Every sentence of the catalogue, those with numbers filled in. */
function sentences(part: unknown): string[] {
  if (typeof part === "string") return [part];
  if (typeof part === "function") return [String(part(1)), String(part(2))];
  return Object.values(part as object).flatMap(sentences);
}

test("counts in words", () => {
  const { results } = messages.frame.palette;
  expect([0, 1, 2].map(results)).toEqual(["0 results", "1 result", "2 results"]);
});

test("keeps to the words of the product", () => {
  for (const sentence of sentences(messages)) {
    if (sentence.startsWith("keepstead ")) continue;
    expect(sentence).not.toMatch(/\b(repo|repository|snapshot|prune|packs?|forget|blob|policy|please|oops)\b|!/i);
  }
});
