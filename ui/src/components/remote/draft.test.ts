import { expect, test } from "vitest";

import type { DestinationKind, KindField } from "../../ipc/bindings";
import { above, blank, mended, orderOf, shownOf, within } from "./draft";

const field = (key: string, more: Partial<KindField> = {}): KindField => ({
  key, label: key, help: "", shape: { is: "text" }, required: true, default: "", advanced: false, secret: false, shown_if: null, ...more,
});
const kind: DestinationKind = {
  id: "k", label: "Kind", about: "", icon: "cloud", cost: "",
  fields: [
    field("host"),
    field("sign_in", { default: "agent" }),
    field("password", { secret: true, shown_if: { field: "sign_in", values: ["password"] } }),
    field("key", { secret: true, shown_if: { field: "sign_in", values: ["key"] } }),
  ],
  presets: [{ id: "known", label: "Known", help: "", hides: ["host"], cost: "" }],
};
const keys = (fields: KindField[]) => fields.map(({ key }) => key);

test("a field is asked while another holds what it goes with, also when that is what it usually holds", () => {
  const draft = blank(kind);
  expect(keys(shownOf(draft))).toEqual(["host", "sign_in"]);
  expect(keys(shownOf({ ...draft, values: { sign_in: "key" } }))).toEqual(["host", "sign_in", "key"]);
});

test("what a service says already is not asked", () => {
  expect(keys(shownOf({ ...blank(kind), preset: "known" }))).toEqual(["sign_in"]);
});

test("what was typed into a field that is hidden now is not sent", () => {
  const draft = { ...blank(kind), preset: "known", values: { host: "a", sign_in: "password" }, secrets: { password: "p", key: "k" } };
  expect(orderOf(draft, "Name")).toEqual({
    kind: "k", preset: "known", name: "Name", values: { sign_in: "password" }, secrets: { password: "p" }, of: null,
  });
});

test("a secret that was emptied is sent empty, and one that was not touched is not sent", () => {
  const draft = { ...blank(kind), values: { sign_in: "key" }, secrets: { key: "" }, of: "d1" };
  expect(orderOf(draft, null).secrets).toEqual({ key: "" });
  expect(orderOf({ ...draft, secrets: {} }, null).secrets).toEqual({});
});

test("what a destination showed goes where it belongs, and nothing else changes", () => {
  const draft = { ...blank(kind), values: { host: "a" } };
  expect(mended(draft, { field: "host", label: "Host", value: "b" })).toEqual({ ...draft, values: { host: "b" } });
});

test("the way up from a folder ends at the topmost", () => {
  expect(["", "/", "a", "a/b", "/a", "/a/b", "a/b/"].map(above)).toEqual([undefined, undefined, "", "a", "/", "/a", "a"]);
  expect([within("", "a"), within("/", "a"), within("a/b", "c")]).toEqual(["a", "/a", "a/b/c"]);
});
