import { ChevronDown, ChevronRight, CircleDashed, EyeOff, FilePenLine, FileX, HardDrive } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useId } from "react";

import type { RunEntry, SkippedReason } from "../../ipc/bindings";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { SkippedFiles } from "./SkippedFiles";

const words = messages.runs.skipped;
const icons: Readonly<Record<string, LucideIcon>> = {
  permission_denied: EyeOff,
  changing: FilePenLine,
  vanished: FileX,
  missing: FileX,
  unreadable: HardDrive,
  out_of_space: HardDrive,
};

interface Props {
  run: RunEntry;
  reason: SkippedReason;
  open: boolean;
  onOpen: () => void;
}

/** One reason, and its files when it is open. */
export function SkippedReasonRow({ run, reason, open, onOpen }: Props) {
  const files = useId();
  const Icon = icons[reason.reason] ?? CircleDashed;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <li className="border-t border-line">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? files : undefined}
        onClick={onOpen}
        className="flex min-h-11 w-full items-center gap-3 px-4 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2"
      >
        <Icon aria-hidden className="size-4 flex-none text-text-3" strokeWidth={1.75} />
        <span className="min-w-0 flex-1">
          <b className="block leading-[18px] font-medium">{words.names[reason.reason] ?? words.other}</b>
          <small className="block text-12 text-text-2">{reason.message}</small>
        </span>
        <span className="font-mono text-13">{count(reason.files)}</span>
        <Chevron aria-hidden className="size-3.5 flex-none text-text-3" strokeWidth={1.75} />
      </button>
      {open && <SkippedFiles id={files} run={run} reason={reason} />}
    </li>
  );
}
