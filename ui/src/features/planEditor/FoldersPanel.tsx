import { Folder, Plus, X } from "lucide-react";
import { useState } from "react";

import { FolderBrowser } from "../../components/folders/FolderBrowser";
import { pathKey } from "../../components/folders/pathKey";
import { Ago } from "../../components/ui/Ago";
import { Button } from "../../components/ui/Button";
import { Path } from "../../components/ui/Path";
import type { PathText } from "../../ipc/bindings";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Editing } from "./drafts";
import { EditorPanel } from "./EditorPanel";
import type { Match } from "./useMatch";

const words = messages.plans.editor;

/** The folders that are copied, and how much lies in each. */
export function FoldersPanel({ editing, match }: { editing: Editing; match: Match }) {
  const [browsing, setBrowsing] = useState(false);
  const { sources } = editing.draft;
  const without = (path: PathText) => sources.filter((other) => pathKey(other) !== pathKey(path));
  return (
    <EditorPanel
      title={words.folders}
      aside={
        <Button onClick={() => setBrowsing(true)}>
          <Plus aria-hidden className="size-3.5" strokeWidth={1.75} />
          {words.addFolder}
        </Button>
      }
    >
      {sources.length === 0 && <p className="border-t border-line px-4 py-3 text-text-2">{words.noFolders}</p>}
      <ul>
        {sources.map((path) => (
          <FolderRow
            key={pathKey(path)}
            path={path}
            match={match}
            onRemove={() => editing.change({ sources: without(path) })}
          />
        ))}
      </ul>
      {browsing && (
        <FolderBrowser
          title={words.addFolderTitle}
          action={words.addFolderAction}
          onCancel={() => setBrowsing(false)}
          onChoose={(path) => {
            editing.change({ sources: [...without(path), path] });
            setBrowsing(false);
          }}
        />
      )}
    </EditorPanel>
  );
}

function FolderRow({ path, match, onRemove }: { path: PathText; match: Match; onRemove: () => void }) {
  const part = match.part(path);
  return (
    <li className="flex min-h-11 items-center gap-3 border-t border-line py-1 pr-2 pl-4">
      <Folder aria-hidden className="size-4 flex-none text-text-3" strokeWidth={1.75} />
      <div className="flex min-w-0 grow flex-wrap items-center justify-between gap-x-4">
        <div className="min-w-0">
          <Path path={path.path} className="font-medium" />
          {part && (
            <p className="text-12 text-text-2">
              {part.missing ? (
                words.missing
              ) : (
                <>
                  {words.folderDetail(part.folders, count(part.folders))}, {words.newestChange}{" "}
                  <Ago at={part.newest} />
                </>
              )}
            </p>
          )}
        </div>
        <p className="ml-auto flex gap-4 font-mono text-13 whitespace-nowrap">
          {part ? (
            !part.missing && (
              <>
                <span className="text-text-2">{words.files(part.files, count(part.files))}</span>
                <span className="min-w-[72px] text-right">{bytes(part.bytes)}</span>
              </>
            )
          ) : (
            <span className="font-sans text-text-3">{match.counting ? words.counting : "–"}</span>
          )}
        </p>
      </div>
      <Button variant="quiet" size="icon" aria-label={words.removeFolder(path.path)} onClick={onRemove}>
        <X aria-hidden className="size-4" strokeWidth={1.75} />
      </Button>
    </li>
  );
}
