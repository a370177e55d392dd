import type { BackupItem, PathText } from "../../ipc/bindings";

/** Which of the things of a backup are meant to come back.
 *
 *  A chosen folder stands for everything below it. When something below it is left out again, the folder
 *  gives way to its other contents, each by name, because a restore knows no exceptions. */

/** A path, where it has to be compared. */
export type Key = string;

/** One thing in a backup, and the folders it lies in. */
export interface Place {
  key: Key;
  item: BackupItem;
  parent: Place | null;
}

export interface Basket {
  /** What a restore is asked for: no place lies below another. */
  chosen: ReadonlyMap<Key, Place>;
  /** Folders whose contents are all chosen, each by itself. */
  full: ReadonlyMap<Key, Place>;
  /** Folders that were chosen as a whole before something in them was left out. */
  split: ReadonlyMap<Key, Place>;
  /** How many chosen places lie below a folder. */
  below: ReadonlyMap<Key, number>;
}

export type Mark = "all" | "some" | "none";

/** What lies in a folder, as far as it has been read. */
export type Contents = (folder: Key) => readonly BackupItem[] | undefined;

export const empty: Basket = { chosen: new Map(), full: new Map(), split: new Map(), below: new Map() };

export function keyOf(path: PathText): Key {
  return path.path_hex ? `${path.path}\0${path.path_hex}` : path.path;
}

/** How much of a place is chosen. */
export function markOf(basket: Basket, place: Place): Mark {
  for (let at: Place | null = place; at; at = at.parent) {
    if (basket.chosen.has(at.key)) return "all";
  }
  if (basket.full.has(place.key)) return "all";
  return basket.below.has(place.key) ? "some" : "none";
}

/** What a restore is to be asked for. */
export function includes(basket: Basket): PathText[] {
  return [...basket.chosen.values()].map(({ item }) => item.path);
}

/** The basket after a press on this place's box: what is wholly chosen is left out, all else is chosen. */
export function toggle(basket: Basket, place: Place, contents: Contents): Basket {
  const edit = new Edit(basket, contents);
  if (markOf(basket, place) === "all") edit.leaveOut(place);
  else edit.choose(place);
  return edit;
}

/** A basket while it is changed; the one it came from stays as it is. */
class Edit implements Basket {
  readonly chosen: Map<Key, Place>;
  readonly full: Map<Key, Place>;
  readonly split: Map<Key, Place>;
  readonly below: Map<Key, number>;

  constructor(
    from: Basket,
    private readonly contents: Contents,
  ) {
    this.chosen = new Map(from.chosen);
    this.full = new Map(from.full);
    this.split = new Map(from.split);
    this.below = new Map(from.below);
  }

  choose(place: Place) {
    this.clear(place);
    this.add(place);
    this.tellFolders(place.parent);
  }

  leaveOut(place: Place) {
    const whole = wholeAbove(this, place);
    if (!whole) {
      this.clear(place);
      this.tellFolders(place.parent);
      return;
    }
    // From the place up to the folder that was chosen: each folder on the way gives way to its other contents.
    this.remove(whole);
    let leftOut = place;
    while (leftOut !== whole && leftOut.parent) {
      const folder: Place = leftOut.parent;
      for (const item of this.contents(folder.key) ?? []) {
        const key = keyOf(item.path);
        if (key !== leftOut.key) this.add({ key, item, parent: folder });
      }
      this.split.set(folder.key, folder);
      if (folder.key === whole.key) break;
      leftOut = folder;
    }
    this.tellFolders(place.parent);
  }

  /** Lets the folders above know whether all they hold is chosen now. */
  private tellFolders(from: Place | null) {
    for (let folder = from; folder; folder = folder.parent) {
      const inside = this.contents(folder.key);
      const all =
        inside !== undefined &&
        inside.length > 0 &&
        inside.every(({ path }) => this.chosen.has(keyOf(path)) || this.full.has(keyOf(path)));
      if (all && this.split.has(folder.key)) {
        this.clear(folder);
        this.add(folder);
      } else if (all) {
        this.full.set(folder.key, folder);
      } else {
        this.full.delete(folder.key);
      }
    }
  }

  /** Takes a place, and everything below it, out. */
  private clear(place: Place) {
    this.remove(place);
    this.full.delete(place.key);
    this.split.delete(place.key);
    if (this.below.has(place.key)) {
      for (const one of [...this.chosen.values()]) if (liesBelow(one, place.key)) this.remove(one);
    }
    for (const kept of [this.full, this.split]) {
      for (const one of [...kept.values()]) if (liesBelow(one, place.key)) kept.delete(one.key);
    }
  }

  private add(place: Place) {
    if (this.chosen.has(place.key)) return;
    this.chosen.set(place.key, place);
    this.count(place, 1);
  }

  private remove(place: Place) {
    if (this.chosen.delete(place.key)) this.count(place, -1);
  }

  private count(place: Place, change: number) {
    for (let folder = place.parent; folder; folder = folder.parent) {
      const now = (this.below.get(folder.key) ?? 0) + change;
      if (now > 0) this.below.set(folder.key, now);
      else this.below.delete(folder.key);
    }
  }
}

function wholeAbove(basket: Basket, place: Place): Place | null {
  for (let at = place.parent; at; at = at.parent) {
    if (basket.chosen.has(at.key)) return at;
  }
  return null;
}

function liesBelow(place: Place, folder: Key): boolean {
  for (let at = place.parent; at; at = at.parent) if (at.key === folder) return true;
  return false;
}
