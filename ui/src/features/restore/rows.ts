import type { BackupItem, PathText } from "../../ipc/bindings";
import { keyOf } from "./basket";
import type { Key, Place } from "./basket";

/** The key of the top of a backup, which has no path. */
export const TOP: Key = "";

/** What is known of a folder's contents. */
export type Listing = { state: "reading" } | { state: "failed"; why: unknown } | { state: "read"; items: readonly BackupItem[] };

/** One line of the tree. */
export interface Row extends Place {
  /** From 1, as readers of the screen count. */
  level: number;
  position: number;
  siblings: number;
  /** Whether a folder is open; `null` for what cannot be opened. */
  open: boolean | null;
  listing: Listing | undefined;
}

export interface Narrowed {
  folder: Key;
  text: string;
}

/** The lines of the tree, from the top down: what lies in open folders, in the order the program gives. */
export function rowsOf(
  listings: ReadonlyMap<Key, Listing>,
  open: { has: (folder: Key) => boolean },
  narrowed: Narrowed | null = null,
): Row[] {
  const rows: Row[] = [];
  const wanted = narrowed?.text.trim().toLocaleLowerCase() ?? "";

  function list(folder: Key, parent: Row | null, level: number) {
    const listing = listings.get(folder);
    if (listing?.state !== "read") return;
    const items =
      wanted !== "" && narrowed?.folder === folder
        ? listing.items.filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
        : listing.items;
    const siblings = items.length;
    let position = 0;
    for (const item of items) {
      position += 1;
      const key = keyOf(item.path);
      const isFolder = item.kind === "folder";
      const isOpen = isFolder && open.has(key);
      const row: Row = {
        key,
        item,
        parent,
        level,
        position,
        siblings,
        open: isFolder ? isOpen : null,
        listing: isFolder ? listings.get(key) : undefined,
      };
      rows.push(row);
      if (isOpen) list(key, row, level + 1);
    }
  }

  list(TOP, null, 1);
  return rows;
}

/** The folders to open by themselves: as long as there is nothing to choose between. */
export function onlyWay(listings: ReadonlyMap<Key, Listing>): PathText[] {
  const way: PathText[] = [];
  let folder = TOP;
  for (;;) {
    const listing = listings.get(folder);
    const only = listing?.state === "read" && listing.items.length === 1 ? listing.items[0] : undefined;
    if (only?.kind !== "folder") return way;
    folder = keyOf(only.path);
    way.push(only.path);
  }
}

/** Where typing leads: the next line that begins with what was typed, round the end; −1 when there is none. */
export function typedTo(rows: readonly Row[], from: number, typed: string): number {
  const wanted = typed.toLocaleLowerCase();
  const start = typed.length > 1 ? from : from + 1;
  for (let step = 0; step < rows.length; step += 1) {
    const index = (start + step) % rows.length;
    if (rows[index]?.item.name.toLocaleLowerCase().startsWith(wanted)) return index;
  }
  return -1;
}
