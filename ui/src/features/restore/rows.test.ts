import { expect, test } from "vitest";

import type { BackupItem } from "../../ipc/bindings";
import { onlyWay, rowsOf, TOP, typedTo } from "./rows";
import type { Listing } from "./rows";

function listing(folder: string, ...names: string[]): [string, Listing] {
  const items = names.map((name): BackupItem => {
    const plain = name.replace("/", "");
    return { path: { path: `${folder}/${plain}` }, name: plain, kind: name.endsWith("/") ? "folder" : "file", size: 0, modified: "" };
  });
  return [folder, { state: "read", items }];
}

const listings = new Map([
  listing(TOP, "home/"),
  listing("/home", "mara/"),
  listing("/home/mara", "Documents/", "Pictures/"),
  listing("/home/mara/Documents", "Årsrapport.pdf", "budget.csv", "Brief.txt"),
]);
const open = new Set(["/home", "/home/mara", "/home/mara/Documents"]);

test("draws open folders with what is in them", () => {
  const rows = rowsOf(listings, open);
  expect(rows.map(({ item, level, position, siblings }) => [item.name, level, position, siblings])).toEqual([
    ["home", 1, 1, 1],
    ["mara", 2, 1, 1],
    ["Documents", 3, 1, 2],
    ["Årsrapport.pdf", 4, 1, 3],
    ["budget.csv", 4, 2, 3],
    ["Brief.txt", 4, 3, 3],
    ["Pictures", 3, 2, 2],
  ]);
  expect(rows.at(-1)?.open).toBe(false);
  expect(rows[3]?.open).toBe(null);
  expect(rows[3]?.parent?.key).toBe("/home/mara/Documents");
});

test("narrows one folder by name", () => {
  const rows = rowsOf(listings, open, { folder: "/home/mara/Documents", text: " B " });
  expect(rows.filter(({ level }) => level === 4).map(({ item, siblings }) => [item.name, siblings])).toEqual([
    ["budget.csv", 2],
    ["Brief.txt", 2],
  ]);
});

test("opens folders while there is only one way", () => {
  expect(onlyWay(listings).map(({ path }) => path)).toEqual(["/home", "/home/mara"]);
  expect(onlyWay(new Map())).toEqual([]);
});

test("finds what was typed, and comes round", () => {
  const rows = rowsOf(listings, open);
  expect(typedTo(rows, 3, "b")).toBe(4);
  expect(typedTo(rows, 4, "b")).toBe(5);
  expect(typedTo(rows, 5, "b")).toBe(4);
  expect(typedTo(rows, 4, "br")).toBe(5);
  expect(typedTo(rows, 0, "zz")).toBe(-1);
});
