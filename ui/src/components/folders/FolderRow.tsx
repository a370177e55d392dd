import { CircleSlash2, CornerDownRight, File, FileQuestionMark, Folder } from "lucide-react";

import { Ago } from "../ui/Ago";
import type { FolderItem } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { CutName } from "./CutName";

const words = messages.folders;

const icons = { folder: Folder, file: File, link: CornerDownRight, other: FileQuestionMark };

/** The columns of the list and of its head. */
export const columns = "grid grid-cols-[16px_minmax(0,1fr)_72px_96px] items-center gap-x-3 px-4";

interface Props {
  item: FolderItem;
  marked: boolean;
}

/** One entry: what it is, its name, how large and from when. Only folders can be chosen. */
export function FolderRow({ item, marked }: Props) {
  const Icon = icons[item.kind];
  const opens = item.kind === "folder" || item.kind === "link";
  return (
    <span
      className={merge(
        columns,
        "h-9 border-b border-line",
        marked ? "bg-selected shadow-[inset_2px_0_var(--color-accent)]" : "hover:bg-hover",
      )}
    >
      <Icon
        aria-label={words.kinds[item.kind]}
        role="img"
        className={merge("size-4 text-text-3", item.kind === "folder" && "text-text-2")}
        strokeWidth={1.75}
      />
      <span className="flex min-w-0 items-center gap-3">
        <CutName name={item.name} className={opens ? (item.hidden ? "text-text-2" : "font-medium") : "text-text-2"} />
        {!item.readable && (
          <span className="flex flex-none items-center gap-1 text-12 text-text-2">
            <CircleSlash2 aria-hidden className="size-3.5" strokeWidth={1.75} />
            {words.unreadable}
          </span>
        )}
      </span>
      <span className="text-right font-mono text-12 whitespace-nowrap text-text-2">
        {item.size === null ? "" : bytes(item.size)}
      </span>
      <Ago at={item.modified} never={words.noDate} className="text-right text-12 whitespace-nowrap text-text-2" />
    </span>
  );
}
