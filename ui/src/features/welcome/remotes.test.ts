import { expect, test } from "vitest";

import { blank } from "../../components/remote/draft";
import type { DestinationKind, KindField } from "../../ipc/bindings";
import { listed } from "./remotes";
import type { RemotePlace } from "./remotes";

const field = (key: string, secret: boolean): KindField => ({
  key, label: key, help: "", shape: { is: "text" }, required: true, default: "", advanced: false, secret, shown_if: null,
});
const kind: DestinationKind = {
  id: "k", label: "Kind", about: "", icon: "cloud", cost: "", fields: [field("host", false), field("folder", false), field("password", true)], presets: [],
};
const tried = { place: "", latency_ms: 1, bytes_per_second: 1, free: null, total: null, holds: "nothing" } as const;
const place = (key: string, host: string, more: Partial<RemotePlace> = {}): RemotePlace => ({
  key, isChosen: true, name: key, tried, draft: { ...blank(kind), values: { host }, secrets: { password: key } }, ...more,
});
const [a, b] = [place("1", "a"), place("2", "b")];

test("what is described anew stands where it stood", () => {
  const now = place("1", "c", { name: "other" });
  expect(listed([a, b], now)).toEqual([now, b]);
  expect(listed([a], b)).toEqual([a, b]);
});

test("the same place is not listed twice, whatever its password and its name", () => {
  const again = place("3", "a", { isChosen: false });
  expect(listed([a, b], again)).toEqual([again, b]);
  const emptied = { ...a, key: "4", draft: { ...a.draft, values: { host: "a", folder: "" } } };
  expect(listed([a, b], emptied)).toEqual([emptied, b]);
  // One that becomes another that is there takes its place too.
  expect(listed([a, b], place("2", "a"))).toEqual([place("2", "a")]);
});
