import { expect, test } from "vitest";

import type { RestorePreview } from "../../ipc/bindings";
import { empty, toggle } from "./basket";
import { hindranceOf, orderOf } from "./order";

const at = { destination: "d", backup: "b" };
const file = { path: { path: "/a" }, name: "a", kind: "file", size: 1, modified: "" } as const;
const one = toggle(empty, { key: "/a", item: file, parent: null }, () => undefined);

test("never orders everything because nothing was chosen", () => {
  expect(orderOf(at, empty, "keep_both", null)).toBe(null);
  expect(orderOf(at, one, "keep_both", null)).toEqual({ ...at, include: [{ path: "/a" }], to: { kind: "keep_both" } });
});

test("waits for the folder, and hands it back as it came", () => {
  const folder = { path: "/m\ufffd", path_hex: "2f6dff" };
  expect(orderOf(at, one, "elsewhere", null)).toBe(null);
  expect(orderOf(at, one, "elsewhere", folder)?.to).toEqual({ kind: "elsewhere", folder });
});

const preview: RestorePreview = {
  target: { path: "/" },
  files: 3,
  folders: 0,
  others: 0,
  bytes: 100,
  conflicts: 2,
  conflict_examples: [],
  unreadable: [],
  free: 100,
};

test("sees what stands in the way", () => {
  expect(hindranceOf(preview, "keep_both")).toBe(null);
  expect(hindranceOf(preview, "in_place")).toBe(null);
  expect(hindranceOf(preview, "elsewhere")).toBe("occupied");
  expect(hindranceOf({ ...preview, free: 99 }, "keep_both")).toBe("space");
  expect(hindranceOf({ ...preview, free: null }, "keep_both")).toBe(null);
  expect(hindranceOf({ ...preview, files: 0 }, "keep_both")).toBe("empty");
});
