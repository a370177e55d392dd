import { useEffect, useMemo, useRef, useState } from "react";

import type { Key } from "./basket";
import { openByItself, openFolders, setOpen } from "./openFolders";
import { onlyWay, rowsOf, TOP } from "./rows";
import type { Narrowed, Row } from "./rows";
import { useShelf } from "./shelf";
import { useListings } from "./useListings";

/** The lines of a backup's tree, and where one is in it. */
export function useFileTree(destination: string, backup: string) {
  const { open } = useShelf(openFolders, destination);
  const { listings, again, asking } = useListings(destination, backup, open);
  const [narrowed, setNarrowed] = useState<Narrowed | null>(null);
  const [activeKey, setActiveKey] = useState<Key | null>(null);

  useEffect(() => openByItself(destination, onlyWay(listings)), [destination, listings]);

  const top = listings.get(TOP);
  const read = top?.state === "read";
  const fresh = useMemo(() => rowsOf(listings, open, narrowed), [listings, open, narrowed]);
  // While another backup is being read, the lines of the one before stay.
  const before = useRef(fresh);
  if (read) before.current = fresh;
  const rows = read || top?.state === "failed" ? fresh : before.current;

  const found = useMemo(() => rows.findIndex(({ key }) => key === activeKey), [rows, activeKey]);
  const active = Math.max(0, found);
  const row = found < 0 ? null : (rows[found] ?? null);
  // The open folder: the one that the line is, or lies in.
  const folder = narrowed ? (rows.find(({ key }) => key === narrowed.folder) ?? null) : row?.open ? row : (row?.parent ?? null);

  return {
    rows,
    row,
    active,
    stale: !read,
    top,
    listings,
    asking,
    folder: folder as Row | null,
    text: narrowed?.text ?? "",
    narrow: (text: string) => setNarrowed(text === "" ? null : { folder: folder?.key ?? TOP, text }),
    go: (to: Row) => setActiveKey(to.key),
    readAgain: again,
    setOpen: (of: Row, isOpen: boolean) => {
      setActiveKey(of.key);
      const failed = of.listing?.state === "failed";
      if (isOpen && failed) again(of.key);
      setOpen(destination, of, isOpen);
    },
  };
}
