import { expect, test } from "vitest";

import { applyTheme } from "./theme";

test("marks the page with a chosen theme, and leaves it to the system otherwise", () => {
  const page: { dataset: DOMStringMap } = { dataset: {} };
  applyTheme("dark", page);
  expect(page.dataset).toEqual({ theme: "dark" });
  applyTheme("system", page);
  expect(page.dataset).toEqual({});
});
