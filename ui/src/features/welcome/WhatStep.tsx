import { FileText, Film, Folder, FolderPlus, Image, Monitor, Music } from "lucide-react";
import { useState } from "react";

import { FolderBrowser } from "../../components/folders/FolderBrowser";
import { pathKey } from "../../components/folders/pathKey";
import { Button } from "../../components/ui/Button";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { Amount } from "./Amount";
import { Next } from "./Foot";
import { NotRead } from "./NotRead";
import { Option } from "./Option";
import { OptionSkeletons } from "./OptionSkeletons";
import { StepPage } from "./StepPage";
import type { FolderChoice, What } from "./useWhat";
import { WhatSum } from "./WhatSum";

const words = messages.welcome.what;
const icons = {
  documents: FileText,
  desktop: Monitor,
  pictures: Image,
  music: Music,
  videos: Film,
};

/** The first step: which folders. */
export function WhatStep({ what, onNext }: { what: What; onNext: () => void }) {
  const [browsing, setBrowsing] = useState(false);
  const { folders, chosen, total, suggested } = what;
  const blocked = chosen.length === 0 && words.none;
  return (
    <StepPage
      title={words.title}
      why={words.why}
      onNext={() => !blocked && onNext()}
      foot={
        <>
          <WhatSum chosen={chosen.length} total={total} />
          <Next blocked={blocked} />
        </>
      }
    >
      {suggested.isError && <NotRead title={words.failedTitle} means={words.failedMeans} of={suggested} />}
      {suggested.isPending && <OptionSkeletons label={words.reading} />}
      {suggested.isSuccess && folders.length === 0 && <p className="text-text-2">{words.empty}</p>}
      {folders.length > 0 && (
        <ul aria-label={words.folders} className="rounded-panel border border-line bg-surface">
          {folders.map((folder) => (
            <Option
              key={pathKey(folder.path)}
              icon={folder.kind ? icons[folder.kind] : Folder}
              name={folder.name}
              path={folder.path.path}
              detail={detail(folder, what)}
              state={<Amount size={what.sizes.of(folder.path)} />}
              chosen={folder.isChosen}
              onChoose={(on) => what.choose(folder.path, on)}
            />
          ))}
        </ul>
      )}
      <div>
        <Button onClick={() => setBrowsing(true)}>
          <FolderPlus aria-hidden className="size-4" strokeWidth={1.75} />
          {words.addFolder}
        </Button>
      </div>
      {total.unreadable > 0 && <p className="text-13 text-text-2">{words.unreadable(total.unreadable)}</p>}
      {browsing && (
        <FolderBrowser
          title={words.addFolder}
          action={words.addAction}
          onCancel={() => setBrowsing(false)}
          onChoose={(path) => {
            what.add(path);
            setBrowsing(false);
          }}
        />
      )}
    </StepPage>
  );
}

function detail({ path }: FolderChoice, { sizes }: What): string | undefined {
  const size = sizes.of(path);
  if (size === undefined || size === "failed") return undefined;
  return words.files(size.files, count(size.files));
}
