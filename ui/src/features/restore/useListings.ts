import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { BackupItem, PathText } from "../../ipc/bindings";
import { keyOf } from "./basket";
import type { Key } from "./basket";
import type { OpenFolder } from "./openFolders";
import { TOP } from "./rows";
import type { Listing } from "./rows";

const keyFor = (destination: string, backup: string, folder: Key) => ["backup", destination, backup, folder];

/** What the open folders of a backup hold. A backup never changes: what was read once is not asked again. */
export function useListings(destination: string, backup: string, open: ReadonlyMap<Key, OpenFolder>) {
  const client = useQueryClient();
  const read = (folder: Key) => client.getQueryData<BackupItem[]>(keyFor(destination, backup, folder));
  const wanted = reachable(open, read);
  const results = useQueries({
    queries: wanted.map(({ key, path }) => ({
      queryKey: keyFor(destination, backup, key),
      queryFn: () => answer(commands.backupFolder(destination, backup, path)),
      staleTime: Infinity,
      gcTime: 30 * 60_000,
      structuralSharing: false as const,
    })),
  });
  const stamp = wanted.map(({ key }, at) => [key, results[at]?.status, results[at]?.dataUpdatedAt].join("\0")).join("\n");
  const listings = useMemo(() => {
    const found = new Map<Key, Listing>();
    for (const [at, { key }] of wanted.entries()) {
      const result = results[at];
      if (result?.data) found.set(key, { state: "read", items: result.data });
      else if (result?.error) found.set(key, { state: "failed", why: result.error });
      else found.set(key, { state: "reading" });
    }
    return found;
    // The stamp changes exactly when one of the answers does.
  }, [destination, backup, stamp]);
  const again = (folder: Key) => {
    const at = wanted.findIndex(({ key }) => key === folder);
    void results[at]?.refetch();
  };
  return { listings, again, asking: results.some(({ isFetching }) => isFetching) };
}

/** The top, and every open folder that is there in this backup and whose own folder is open too. */
function reachable(open: ReadonlyMap<Key, OpenFolder>, read: (folder: Key) => readonly BackupItem[] | undefined) {
  const found: { key: Key; path: PathText | null }[] = [{ key: TOP, path: null }];
  const children = new Map<Key, { key: Key; path: PathText }[]>();
  for (const [key, { path, parent }] of open) children.set(parent, [...(children.get(parent) ?? []), { key, path }]);
  for (const { key } of found) {
    const items = read(key);
    if (!items) continue;
    for (const child of children.get(key) ?? []) if (foldersIn(items).has(child.key)) found.push(child);
  }
  return found;
}

const known = new WeakMap<readonly BackupItem[], Set<Key>>();

function foldersIn(items: readonly BackupItem[]): Set<Key> {
  const folders = known.get(items) ?? new Set(items.filter(({ kind }) => kind === "folder").map(({ path }) => keyOf(path)));
  known.set(items, folders);
  return folders;
}
