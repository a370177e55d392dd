import { FolderOpen, RefreshCw } from "lucide-react";

import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { Path } from "../../components/ui/Path";
import { Skeleton } from "../../components/ui/Skeleton";
import type { PathText } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { PlaceRow } from "./PlaceRow";
import { usePlaces } from "./usePlaces";

interface Props {
  chosen: PathText | undefined;
  onChoose: (place: { path: PathText; name: string }) => void;
  onBrowse: () => void;
}

const same = (a: PathText, b: PathText | undefined) => a.path === b?.path && a.path_hex === b.path_hex;

/** The disks and shares that are here, and any other folder. */
export function PlaceList({ chosen, onChoose, onBrowse }: Props) {
  const places = usePlaces();
  const words = messages.destinations.adding;
  const other = chosen && !places.data?.some(({ path }) => same(path, chosen));
  return (
    <div className="border-t border-line">
      <fieldset>
        <legend className="sr-only">{words.places}</legend>
        {places.isError && (
          <div className="px-6 py-3">
            <AskError query={places} />
          </div>
        )}
        {places.isPending && (
          <div className="px-6 py-4">
            <Skeleton label={words.reading} />
          </div>
        )}
        {places.data?.length === 0 && <p className="px-6 py-3 text-pretty text-text-2">{words.none}</p>}
        {places.data?.map((place) => (
          <PlaceRow
            key={JSON.stringify(place.path)}
            place={place}
            chosen={same(place.path, chosen)}
            onChoose={() => onChoose(place)}
          />
        ))}
      </fieldset>
      <div className="flex flex-wrap items-center gap-2 px-6 py-3">
        <Button onClick={onBrowse}>
          <FolderOpen aria-hidden className="size-4" strokeWidth={1.75} />
          {words.other}
        </Button>
        <Button variant="quiet" onClick={() => void places.refetch()}>
          <RefreshCw aria-hidden className="size-4" strokeWidth={1.75} />
          {words.again}
        </Button>
        {other && <Path path={chosen.path} className="basis-full" />}
      </div>
    </div>
  );
}
