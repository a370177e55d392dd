import { Folder, FolderPlus, HardDrive, RefreshCw, Server, Usb } from "lucide-react";
import { useState } from "react";

import { FolderBrowser } from "../../components/folders/FolderBrowser";
import { pathKey } from "../../components/folders/pathKey";
import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { messages } from "../../lib/messages";
import type { Estimate } from "./estimate";
import { Back, Next } from "./Foot";
import { NotRead } from "./NotRead";
import { Option } from "./Option";
import { OptionSkeletons } from "./OptionSkeletons";
import { PlaceAdvice } from "./PlaceAdvice";
import { placeDetail } from "./placeDetail";
import { PlaceState } from "./PlaceState";
import { StepPage } from "./StepPage";
import type { PlaceChoice, Where } from "./useWhere";
import { WhereSum } from "./WhereSum";

const words = messages.welcome.where;
const icons = { usb: Usb, disk: HardDrive, network: Server, system: HardDrive, folder: Folder };

interface Props {
  where: Where;
  total: Estimate;
  onBack: () => void;
  onNext: () => void;
}

/** The second step: which places. Each is tried as it is chosen. */
export function WhereStep({ where, total, onBack, onNext }: Props) {
  const [browsing, setBrowsing] = useState(false);
  const { places, all, chosen } = where;
  const refused = chosen.find(({ trial }) => trial?.error);
  const blocked = chosen.length === 0 ? words.none : refused ? words.refused(refused.name) : false;
  return (
    <StepPage
      title={words.title}
      why={words.why}
      onNext={() => !blocked && onNext()}
      foot={
        <>
          <Back onBack={onBack} />
          <WhereSum chosen={chosen} total={total} />
          <Next blocked={blocked} />
        </>
      }
    >
      {places.isError && <NotRead title={words.failedTitle} means={words.failedMeans} of={places} />}
      {places.isPending && <OptionSkeletons label={words.reading} />}
      {places.isSuccess && all.every(({ kind }) => kind === "system") && <p className="text-text-2">{words.empty}</p>}
      {all.length > 0 && (
        <ul aria-label={words.places} className="rounded-panel border border-line bg-surface">
          {all.map((place) => (
            <PlaceOption key={pathKey(place.path)} place={place} onChoose={(on) => where.choose(place.path, on)} />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setBrowsing(true)}>
          <FolderPlus aria-hidden className="size-4" strokeWidth={1.75} />
          {words.other}
        </Button>
        {places.isSuccess && (
          <Button variant="quiet" busy={places.isFetching} onClick={() => void places.refetch()}>
            {!places.isFetching && <RefreshCw aria-hidden className="size-4" strokeWidth={1.75} />}
            {words.look}
          </Button>
        )}
      </div>
      <PlaceAdvice chosen={chosen} total={total} />
      {browsing && (
        <FolderBrowser
          title={words.other}
          action={words.otherAction}
          onCancel={() => setBrowsing(false)}
          onChoose={(path) => {
            where.add(path);
            setBrowsing(false);
          }}
        />
      )}
    </StepPage>
  );
}

function PlaceOption({ place, onChoose }: { place: PlaceChoice; onChoose: (on: boolean) => void }) {
  const { kind, name, path, isChosen, trial } = place;
  return (
    <Option
      icon={icons[kind]}
      name={name}
      path={kind === "folder" || kind === "network" ? path.path : undefined}
      detail={placeDetail(place)}
      state={<PlaceState place={place} />}
      chosen={isChosen}
      onChoose={onChoose}
    >
      {isChosen && trial?.error && (
        <InlineError
          error={trial.error}
          action={<Button onClick={trial.again}>{messages.ui.tryAgain}</Button>}
          className="mx-4 mt-1 mb-3"
        />
      )}
    </Option>
  );
}
