import type { ReactNode } from "react";

import { Button } from "../../components/ui/Button";
import { Path } from "../../components/ui/Path";
import { bytes, count, moment } from "../../lib/format";
import { messages } from "../../lib/messages";
import { markOf } from "./basket";
import type { Basket } from "./basket";
import type { Row } from "./rows";

const words = messages.restore.inspector;

/** What the line in the tree is: how large, how old, and where it was. */
export function Inspector({ row, basket, onToggle }: { row: Row | null; basket: Basket; onToggle: (row: Row) => void }) {
  if (!row) {
    return (
      <div className="flex flex-col gap-2 p-4 text-13 text-text-2">
        <p>{words.none}</p>
        <p>{words.noneKeys}</p>
      </div>
    );
  }
  const { item, listing } = row;
  const chosen = markOf(basket, row) === "all";
  const holds = listing?.state === "read" ? words.entries(count(listing.items.length)) : words.notOpened;
  return (
    <div className="flex flex-col gap-3 p-4">
      <h3 className="text-16 font-strong wrap-anywhere select-text">{item.name}</h3>
      <dl className="grid grid-cols-[64px_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-13">
        <Fact name={words.kind}>{words.kinds[item.kind]}</Fact>
        {item.kind === "folder" ? (
          <Fact name={words.holds}>{holds}</Fact>
        ) : (
          <Fact name={words.size}>{bytes(item.size)}</Fact>
        )}
        <Fact name={words.modified}>{moment(item.modified)}</Fact>
        <Fact name={words.wasIn}>
          <Path path={folderOf(item.path.path)} className="text-12" />
        </Fact>
      </dl>
      <Button className="self-start" onClick={() => onToggle(row)}>
        {chosen ? words.leaveOut : words.choose}
      </Button>
    </div>
  );
}

/** What a path lies in; a root lies in itself. */
function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end > 0 ? path.slice(0, end) : path.slice(0, end + 1);
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-text-3">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
