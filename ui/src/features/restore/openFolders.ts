import type { PathText } from "../../ipc/bindings";
import { keyOf } from "./basket";
import type { Key } from "./basket";
import { TOP } from "./rows";
import type { Row } from "./rows";
import { shelf } from "./shelf";

export interface OpenFolder {
  path: PathText;
  /** The folder it lies in. */
  parent: Key;
}

/** What is open, and what was closed by hand and does not open by itself again. */
export interface OpenFolders {
  open: ReadonlyMap<Key, OpenFolder>;
  closed: ReadonlySet<Key>;
}

/** By destination, so that the tree stays open while one goes through the backups. */
export const openFolders = shelf<OpenFolders>({ open: new Map(), closed: new Set() });

export function setOpen(destination: string, row: Row, open: boolean) {
  const before = openFolders.read(destination);
  const next = { open: new Map(before.open), closed: new Set(before.closed) };
  if (open) {
    next.open.set(row.key, { path: row.item.path, parent: row.parent?.key ?? TOP });
    next.closed.delete(row.key);
  } else {
    next.open.delete(row.key);
    next.closed.add(row.key);
  }
  openFolders.put(destination, next);
}

/** Opens what there is no choice about, except what was closed by hand. */
export function openByItself(destination: string, way: readonly PathText[]) {
  const before = openFolders.read(destination);
  const open = new Map(before.open);
  let parent = TOP;
  for (const path of way) {
    const key = keyOf(path);
    if (before.closed.has(key)) break;
    if (!open.has(key)) open.set(key, { path, parent });
    parent = key;
  }
  if (open.size > before.open.size) openFolders.put(destination, { ...before, open });
}
