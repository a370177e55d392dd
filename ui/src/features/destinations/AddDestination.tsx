import { Cloud, HardDrive } from "lucide-react";
import { useState } from "react";

import { FolderBrowser } from "../../components/folders/FolderBrowser";
import { Panel } from "../../components/ui/Panel";
import { SegmentedChoice } from "../../components/ui/SegmentedChoice";
import type { PathText } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { AddFoot } from "./AddFoot";
import { PlaceList } from "./PlaceList";
import { AddRemote } from "./remote/AddRemote";

/** Chooses a place, writes to it as a trial, and makes it a destination. A part of the screen, not a dialog:
 *  the folder browser is one. */
export function AddDestination({ onDone }: { onDone: () => void }) {
  const [chosen, setChosen] = useState<{ path: PathText; name: string }>();
  const [browsing, setBrowsing] = useState(false);
  const [where, setWhere] = useState<"here" | "away">("here");
  const words = messages.destinations.adding;
  const { remote } = messages;
  return (
    <Panel title={words.title} hint={words.hint}>
      <div className="border-t border-line px-6 py-3">
        <SegmentedChoice
          legend={remote.where}
          name="where"
          options={[
            { value: "here", label: remote.here, icon: HardDrive },
            { value: "away", label: remote.away, icon: Cloud },
          ]}
          chosen={where}
          onChoose={setWhere}
        />
      </div>
      {where === "away" ? (
        <AddRemote onDone={onDone} />
      ) : (
        <>
          <PlaceList
            chosen={chosen?.path}
            onChoose={(place) => setChosen(place)}
            onBrowse={() => setBrowsing(true)}
          />
          {/* Another place is another trial, and another name. */}
          <AddFoot key={chosen ? JSON.stringify(chosen.path) : ""} place={chosen} onDone={onDone} />
        </>
      )}
      {browsing && (
        <FolderBrowser
          title={words.otherTitle}
          action={words.otherAction}
          onCancel={() => setBrowsing(false)}
          onChoose={(path) => {
            setBrowsing(false);
            setChosen({ path, name: "" });
          }}
        />
      )}
    </Panel>
  );
}
