import { expect, test, vi } from "vitest";

import { preference } from "./preference";

function storage(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
  };
}

test("remembers what was chosen, and tells who listens", () => {
  const place = storage();
  const size = preference("size", ["small", "large"], "small", () => place);
  const changed = vi.fn();
  const stop = size.subscribe(changed);
  size.choose("large");
  expect([size.read(), place.kept, changed.mock.calls.length]).toEqual(["large", { size: "large" }, 1]);
  stop();
  size.choose("small");
  expect(changed).toHaveBeenCalledOnce();
});

test("falls back when nothing, or nonsense, is kept", () => {
  for (const kept of [{}, { size: "huge" }]) {
    const place = storage(kept);
    expect(preference("size", ["small", "large"], "small", () => place).read()).toBe("small");
  }
});
