import { HardDrive, House, Monitor, Server } from "lucide-react";

import type { FolderListing, PathText } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { CutName } from "./CutName";

const words = messages.folders;

const icons = { home: House, disk: HardDrive, network: Server, computer: Monitor };

interface Props {
  shortcuts: FolderListing["shortcuts"];
  at: string;
  onOpen: (path: PathText) => void;
}

/** Where one may start: home and the disks that are there. */
export function Shortcuts({ shortcuts, at, onOpen }: Props) {
  return (
    <nav aria-label={words.shortcuts} className="w-[152px] flex-none overflow-y-auto border-r border-line bg-canvas p-2">
      <ul>
        {shortcuts.map(({ path, name, kind }) => {
          const Icon = icons[kind];
          return (
            <li key={path.path}>
              <button
                type="button"
                title={path.path}
                aria-current={path.path === at ? "location" : undefined}
                onClick={() => onOpen(path)}
                className="flex h-8 w-full items-center gap-2 rounded-control px-2 text-left text-13 text-text-2 hover:bg-hover hover:text-text focus-visible:-outline-offset-2 aria-[current]:bg-chosen aria-[current]:font-medium aria-[current]:text-text"
              >
                <Icon aria-hidden className="size-4 flex-none" strokeWidth={1.75} />
                <CutName name={name} />
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
