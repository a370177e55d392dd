import { expect, test } from "vitest";

import type { BackupItem } from "../../ipc/bindings";
import { empty, includes, keyOf, markOf, toggle } from "./basket";
import type { Basket, Key, Place } from "./basket";

/** Numbers that look random and are the same every time. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

interface Tree {
  places: Place[];
  inside: Map<Key, BackupItem[]>;
  contents: (folder: Key) => BackupItem[] | undefined;
  leaves: (place: Place) => Place[];
}

function tree(roll: (sides: number) => number, depth = 4): Tree {
  const places: Place[] = [];
  const inside = new Map<Key, BackupItem[]>();
  function fill(parent: Place | null, at: string, level: number) {
    const items: BackupItem[] = [];
    const many = parent === null ? 1 + roll(3) : roll(5);
    for (let n = 0; n < many; n += 1) {
      const kind = level < depth && roll(2) === 0 ? "folder" : "file";
      const path = `${at}/${n}`;
      const item: BackupItem = { path: { path }, name: String(n), kind, size: 1, modified: "" };
      const place = { key: path, item, parent };
      items.push(item);
      places.push(place);
      if (kind === "folder") fill(place, path, level + 1);
    }
    inside.set(at, items);
  }
  fill(null, "", 0);
  const isLeaf = ({ key }: Place) => (inside.get(key) ?? []).length === 0;
  const leaves = (of: Place) =>
    places.filter((one) => isLeaf(one) && (one.key === of.key || one.key.startsWith(`${of.key}/`)));
  return { places, inside, contents: (folder) => inside.get(folder), leaves };
}

/** The leaves that the list for the restore covers. */
function covered({ places, leaves }: Tree, basket: Basket): string[] {
  const asked = includes(basket).map(keyOf);
  return places
    .filter((place) => asked.includes(place.key))
    .flatMap((place) => leaves(place).map(({ key }) => key))
    .sort();
}

test("covers exactly the checked leaves, whatever is pressed", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const roll = dice(seed);
    const grown = tree(roll);
    const checked = new Set<Key>();
    let basket = empty;
    for (let press = 0; press < 25; press += 1) {
      const place = grown.places[roll(grown.places.length)];
      if (!place) break;
      const of = grown.leaves(place).map(({ key }) => key);
      const all = of.every((key) => checked.has(key));
      for (const key of of) all ? checked.delete(key) : checked.add(key);
      basket = toggle(basket, place, grown.contents);

      expect(covered(grown, basket), `seed ${seed}, press ${press}`).toEqual([...checked].sort());
      for (const one of grown.places) {
        const below = grown.leaves(one).map(({ key }) => key);
        const count = below.filter((key) => checked.has(key)).length;
        const wanted = count === 0 ? "none" : count === below.length ? "all" : "some";
        expect(markOf(basket, one), `seed ${seed}, press ${press}, ${one.key}`).toBe(wanted);
      }
    }
  }
});

test("never asks for a thing twice", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const roll = dice(seed * 7);
    const grown = tree(roll);
    let basket = empty;
    for (let press = 0; press < 25; press += 1) {
      const place = grown.places[roll(grown.places.length)];
      if (place) basket = toggle(basket, place, grown.contents);
      const asked = includes(basket).map(({ path }) => path);
      for (const path of asked) {
        expect(asked.filter((other) => path === other || path.startsWith(`${other}/`))).toEqual([path]);
      }
    }
  }
});

function sample() {
  const item = (path: string, kind: BackupItem["kind"]): BackupItem => ({
    path: { path },
    name: path.split("/").at(-1) ?? "",
    kind,
    size: 1,
    modified: "",
  });
  const inside: Record<Key, BackupItem[]> = {
    "/docs": [item("/docs/house", "folder"), item("/docs/a", "file"), item("/docs/b", "file")],
    "/docs/house": [item("/docs/house/x", "file"), item("/docs/house/y", "file")],
  };
  const docs: Place = { key: "/docs", item: item("/docs", "folder"), parent: null };
  const place = (path: string, parent: Place): Place => ({
    key: path,
    item: inside[parent.key]?.find((one) => one.path.path === path) ?? item(path, "file"),
    parent,
  });
  const house = place("/docs/house", docs);
  return { docs, house, x: place("/docs/house/x", house), y: place("/docs/house/y", house), contents: (key: Key) => inside[key] };
}

const asked = (basket: Basket) => includes(basket).map(({ path }) => path).sort();

test("names the siblings of what is left out of a chosen folder, and the folder again when it is back", () => {
  const { docs, x, contents } = sample();
  let basket = toggle(empty, docs, contents);
  basket = toggle(basket, x, contents);
  expect(asked(basket)).toEqual(["/docs/a", "/docs/b", "/docs/house/y"]);
  basket = toggle(basket, x, contents);
  expect(asked(basket)).toEqual(["/docs"]);
});

test("does not ask for a folder because all its files were chosen one by one", () => {
  const { house, x, y, contents } = sample();
  const basket = toggle(toggle(empty, x, contents), y, contents);
  expect(asked(basket)).toEqual(["/docs/house/x", "/docs/house/y"]);
  expect(markOf(basket, house)).toBe("all");
  expect(asked(toggle(basket, house, contents))).toEqual([]);
});

test("tells apart paths that read alike", () => {
  expect(keyOf({ path: "/a\ufffd", path_hex: "2f61ff" })).not.toBe(keyOf({ path: "/a\ufffd", path_hex: "2f61fe" }));
  expect(keyOf({ path: "/a", path_hex: null })).toBe(keyOf({ path: "/a" }));
});
