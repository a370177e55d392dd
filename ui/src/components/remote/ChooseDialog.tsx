import { CornerLeftUp, Folder, FolderPlus } from "lucide-react";
import { useId, useRef, useState } from "react";

import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { DialogHead } from "../ui/DialogHead";
import { InlineError } from "../ui/InlineError";
import { Path } from "../ui/Path";
import { Skeleton } from "../ui/Skeleton";
import { TextInput } from "../ui/TextInput";
import type { KindField } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import type { Draft } from "./draft";
import { above, mended, orderOf, within } from "./draft";
import { RemoteError } from "./RemoteError";
import { useChoices, useMakeFolder } from "./useRemote";

const words = messages.remote.choosing;

interface Props {
  draft: Draft;
  field: KindField;
  /** What was said is said otherwise. */
  onDraft: (draft: Draft) => void;
  onChoose: (value: string) => void;
  onCancel: () => void;
}

/** What a setting can hold, asked from the destination itself: buckets, shares, or folders level by level. */
export function ChooseDialog({ draft, field, onDraft, onChoose, onCancel }: Props) {
  const folders = field.shape.is === "folder";
  const [at, setAt] = useState(folders ? (draft.values[field.key] ?? "") : "");
  const order = orderOf(draft, null);
  const choices = useChoices(order, field.key, at);
  const list = useRef<HTMLUListElement>(null);
  const open = (folder: string) => {
    setAt(folder);
    // The row that was pressed goes.
    list.current?.focus();
  };
  const up = above(at);
  const title = words.title(field.label);
  return (
    <Dialog open onOpenChange={(stays) => !stays && onCancel()} title={title} description={words.hint}>
      <DialogHead title={title}>{words.hint}</DialogHead>
      {folders && (
        <div className="flex min-h-10 flex-none items-center gap-2 border-b border-line bg-surface px-2 py-1 pr-6">
          <Button
            variant="quiet"
            size="icon"
            aria-label={words.up}
            title={words.up}
            className={up === undefined ? "invisible" : ""}
            onClick={() => up !== undefined && open(up)}
          >
            <CornerLeftUp aria-hidden className="size-4" strokeWidth={1.75} />
          </Button>
          <span className="min-w-0 grow">{at === "" ? <span className="text-13 text-text-2">{words.top}</span> : <Path path={at} />}</span>
        </div>
      )}
      <ul
        ref={list}
        tabIndex={0}
        aria-label={words.list(field.label)}
        aria-busy={choices.isFetching}
        className="h-72 min-h-24 shrink overflow-y-auto bg-surface focus-visible:-outline-offset-2"
      >
        {choices.isPending && (
          <li className="px-6 py-4">
            <Skeleton label={words.reading} />
          </li>
        )}
        {choices.isError && (
          <li className="px-6 py-4">
            <RemoteError draft={draft} error={choices.error} onMend={(remedy) => onDraft(mended(draft, remedy))} />
            <Button className="mt-2" busy={choices.isFetching} onClick={() => void choices.refetch()}>
              {messages.ui.tryAgain}
            </Button>
          </li>
        )}
        {choices.data?.length === 0 && <li className="px-6 py-4 text-text-2">{folders ? words.noFolders : words.nothing}</li>}
        {choices.data?.map(({ value, label }) => (
          <li key={value} className="border-b border-line">
            <button
              type="button"
              onClick={() => (folders ? open(value) : onChoose(value))}
              className="flex min-h-9 w-full items-center gap-3 px-6 py-1.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
            >
              {folders && <Folder aria-hidden className="size-4 flex-none text-text-2" strokeWidth={1.75} />}
              <span className="min-w-0 font-medium wrap-anywhere">{label}</span>
            </button>
          </li>
        ))}
      </ul>
      {folders && choices.isSuccess && <NewFolder draft={draft} at={at} onMade={open} />}
      <footer className="flex flex-none flex-wrap justify-end gap-2 border-t border-line px-6 py-3">
        <Button onClick={onCancel}>{words.cancel}</Button>
        {folders && (
          <Button variant="primary" onClick={() => onChoose(at)}>
            {words.choose}
          </Button>
        )}
      </footer>
    </Dialog>
  );
}

/** Makes a folder in the one that is open, and opens it. */
function NewFolder({ draft, at, onMade }: { draft: Draft; at: string; onMade: (folder: string) => void }) {
  const [name, setName] = useState("");
  const make = useMakeFolder();
  const id = useId();
  const wanted = name.trim();
  return (
    <form
      className="flex flex-none flex-col gap-2 border-t border-line px-6 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        // The dialog stands in the form of the destination, which is not meant.
        event.stopPropagation();
        if (wanted === "" || make.isPending) return;
        const folder = within(at, wanted);
        make.mutate(
          { order: orderOf(draft, null), folder },
          {
            onSuccess: () => {
              setName("");
              onMade(folder);
            },
          },
        );
      }}
    >
      <span className="flex items-center gap-2">
        <label htmlFor={id} className="flex-none text-13 text-text-2">
          {words.newFolder}
        </label>
        <TextInput id={id} value={name} onChange={({ target }) => setName(target.value)} />
        <Button type="submit" busy={make.isPending}>
          <FolderPlus aria-hidden className="size-4" strokeWidth={1.75} />
          {words.make}
        </Button>
      </span>
      <InlineError error={make.error} />
    </form>
  );
}
