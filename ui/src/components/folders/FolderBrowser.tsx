import { useEffect, useRef, useState } from "react";

import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Dialog } from "../ui/Dialog";
import { Path } from "../ui/Path";
import { Skeleton } from "../ui/Skeleton";
import type { FolderItem, PathText } from "../../ipc/bindings";
import { refusal } from "../../lib/refusal";
import { messages } from "../../lib/messages";
import { FolderList } from "./FolderList";
import { PathField } from "./PathField";
import { pathKey } from "./pathKey";
import { Shortcuts } from "./Shortcuts";
import { Trail } from "./Trail";
import { useFolder, useOpenFolder } from "./useFolder";

const words = messages.folders;

interface Props {
  title: string;
  /** Label of the button that chooses. */
  action: string;
  onChoose: (path: PathText) => void;
  onCancel: () => void;
}

/** Chooses a folder of this computer: the one that is open, or one that is marked in it. */
export function FolderBrowser({ title, action, onChoose, onCancel }: Props) {
  const [at, setAt] = useState<PathText | null>(null);
  const [hidden, setHidden] = useState(false);
  const [marked, setMarked] = useState(-1);
  const [typed, setTyped] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);

  const folder = useFolder(at, hidden);
  const listing = folder.data;
  const open = useOpenFolder(hidden, (opened, from) => {
    setAt(opened.path);
    setTyped(undefined);
    // Going up marks where one came from.
    setMarked(from ? opened.items.findIndex(({ path }) => pathKey(path) === pathKey(from)) : -1);
    list.current?.focus();
  });

  const read = listing !== undefined;
  useEffect(() => {
    if (read) list.current?.focus();
  }, [read]);

  const go = (to: PathText, from?: PathText) => {
    if (!open.isPending) open.mutate({ to, from });
  };
  const item = listing?.items[marked];
  const folderMarked = item?.kind === "folder" ? item : undefined;
  const chosen = folderMarked?.path ?? listing?.path;
  const blocked = chosen ? folderMarked?.readable === false && words.notReadableReason : words.reading;
  const error = open.error ?? folder.error;
  return (
    <Dialog open onOpenChange={(stays) => !stays && onCancel()} title={title} description={words.how}>
      <h2 aria-hidden className="px-6 pt-4 pb-3 text-16 font-strong">
        {title}
      </h2>
      <PathField
        field={field}
        value={typed ?? listing?.path.path ?? ""}
        refusal={error ? refusal(error) : undefined}
        busy={open.isPending}
        onChange={setTyped}
        onGo={() => go({ path: typed ?? listing?.path.path ?? "" })}
      />
      <div className="flex min-h-10 items-center gap-2 border-t border-line bg-surface px-2 py-1 pr-6">
        {listing && <Trail listing={listing} onOpen={(path) => go(path, listing.path)} />}
        <span className="ml-auto flex-none">
          <Checkbox checked={hidden} onChange={change}>
            {words.hidden}
          </Checkbox>
        </span>
      </div>
      <div className="flex h-[440px] min-h-0 shrink border-t border-line bg-surface">
        {listing ? (
          <>
            <Shortcuts shortcuts={listing.shortcuts} at={listing.path.path} onOpen={go} />
            <FolderList
              listing={listing}
              busy={open.isPending || folder.isPlaceholderData}
              hidden={hidden}
              marked={marked}
              focus={list}
              onMark={setMarked}
              onOpen={(entry) => opens(entry) && go(entry.path)}
              onUp={() => listing.parent && go(listing.parent, listing.path)}
              onType={(text) => {
                setTyped(text);
                field.current?.focus();
              }}
            />
          </>
        ) : (
          <Waiting failed={folder.isError} onAgain={() => void folder.refetch()} />
        )}
      </div>
      <footer className="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line px-6 py-3 [&>span]:order-first [&>span]:grow">
        {chosen && !blocked && (
          <p className="min-w-0 grow basis-40 text-text-2">
            <Path path={chosen.path} />
          </p>
        )}
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button
          variant="primary"
          disabledReason={blocked}
          onClick={() => chosen && onChoose(chosen)}
        >
          {action}
        </Button>
      </footer>
    </Dialog>
  );

  function change(show: boolean) {
    setHidden(show);
    setMarked(-1);
  }
}

const opens = ({ kind }: FolderItem) => kind === "folder" || kind === "link";

function Waiting({ failed, onAgain }: { failed: boolean; onAgain: () => void }) {
  return (
    <div className="flex grow flex-col gap-4 p-6">
      {failed ? (
        <span>
          <Button onClick={onAgain}>{messages.ui.tryAgain}</Button>
        </span>
      ) : (
        ["w-64", "w-48", "w-56"].map((width) => <Skeleton key={width} label={words.reading} className={width} />)
      )}
    </div>
  );
}
