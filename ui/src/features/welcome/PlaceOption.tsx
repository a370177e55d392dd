import { Cloud, Folder, HardDrive, Pencil, Server, Usb, X } from "lucide-react";
import type { Ref } from "react";

import { remoteIcon } from "../../components/remote/remoteIcon";
import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Path } from "../../components/ui/Path";
import { messages } from "../../lib/messages";
import { Option } from "./Option";
import { placeDetail } from "./placeDetail";
import { PlaceState } from "./PlaceState";
import type { PlaceChoice } from "./useWhere";

const words = messages.welcome.where;
const icons = { usb: Usb, disk: HardDrive, network: Server, system: HardDrive, folder: Folder, remote: Cloud };

interface Props {
  place: PlaceChoice;
  box: Ref<HTMLButtonElement> | undefined;
  /** Says other things about a server or a cloud. */
  onChange: () => void;
  /** Takes it out of the list. */
  onRemove: () => void;
}

/** A place that can be chosen. A server or a cloud is there because somebody described it, and can be changed and taken out. */
export function PlaceOption({ place, box, onChange, onRemove }: Props) {
  const { at, kind, name, isChosen, choose, trial } = place;
  return (
    <Option
      icon={"remote" in at ? remoteIcon(at.remote.draft.kind.icon) : icons[kind]}
      name={name}
      path={"folder" in at && (kind === "folder" || kind === "network") ? at.folder.path : undefined}
      detail={<Detail place={place} />}
      state={<PlaceState place={place} />}
      chosen={isChosen}
      onChoose={choose}
      box={box}
      actions={
        kind === "remote" && (
          <span className="flex flex-none pr-2">
            <Button variant="quiet" size="icon" aria-label={words.remote.change(name)} title={words.remote.changeShort} onClick={onChange}>
              <Pencil aria-hidden className="size-4" strokeWidth={1.75} />
            </Button>
            <Button variant="quiet" size="icon" aria-label={words.remote.remove(name)} title={words.remote.removeShort} onClick={onRemove}>
              <X aria-hidden className="size-4" strokeWidth={1.75} />
            </Button>
          </span>
        )
      }
    >
      {isChosen && trial?.error && (
        <InlineError
          error={trial.error}
          action={trial.again && <Button onClick={trial.again}>{messages.ui.tryAgain}</Button>}
          className="mx-4 mt-1 mb-3"
        />
      )}
    </Option>
  );
}

/** Where a server or a cloud is stands on a line of its own: it is long. */
function Detail({ place }: { place: PlaceChoice }) {
  const { at, name } = place;
  return (
    <>
      {"remote" in at && name !== at.remote.tried.place && <Path path={at.remote.tried.place} className="basis-full text-12" />}
      {placeDetail(place)}
    </>
  );
}
