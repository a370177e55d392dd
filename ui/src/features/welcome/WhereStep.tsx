import { Cloud, FolderPlus, RefreshCw } from "lucide-react";
import { useRef, useState } from "react";

import { FolderBrowser } from "../../components/folders/FolderBrowser";
import { Button } from "../../components/ui/Button";
import { messages } from "../../lib/messages";
import type { Estimate } from "./estimate";
import { Back, Next } from "./Foot";
import { NotRead } from "./NotRead";
import { OptionSkeletons } from "./OptionSkeletons";
import { PlaceAdvice } from "./PlaceAdvice";
import { PlaceOption } from "./PlaceOption";
import type { RemotePlace } from "./remotes";
import { RemoteStep } from "./RemoteStep";
import { StepPage } from "./StepPage";
import type { Where } from "./useWhere";
import { WhereSum } from "./WhereSum";

const words = messages.welcome.where;

interface Props {
  where: Where;
  total: Estimate;
  onBack: () => void;
  onNext: () => void;
}

/** The second step: which places. Each is tried as it is chosen. */
export function WhereStep({ where, total, onBack, onNext }: Props) {
  const [browsing, setBrowsing] = useState(false);
  // The server or cloud that is described: one of the list, or another one.
  const [described, setDescribed] = useState<RemotePlace | "new">();
  // Where one comes back to from that: the place, or the button where there is none.
  const [back, setBack] = useState<{ key: string | undefined }>();
  const [box, button] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)];
  const { places, all, chosen } = where;
  if (described) {
    const from = described === "new" ? undefined : described;
    const others = all.filter(({ kind, key }) => kind === "remote" && key !== from?.key);
    return (
      <RemoteStep
        from={from}
        taken={others.map(({ name }) => name)}
        onUse={(now) => {
          setBack({ key: where.putRemote(now, from?.key) });
          setDescribed(undefined);
        }}
        onCancel={() => {
          setBack({ key: from?.key });
          setDescribed(undefined);
        }}
      />
    );
  }
  const refused = chosen.find(({ trial }) => trial?.error);
  const blocked = chosen.length === 0 ? words.none : refused ? words.refused(refused.name) : false;
  return (
    <StepPage
      title={words.title}
      why={words.why}
      onNext={() => !blocked && onNext()}
      first={back && (back.key === undefined ? button : box)}
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
            <PlaceOption
              key={place.key}
              place={place}
              box={place.key === back?.key ? box : undefined}
              onChange={() => "remote" in place.at && setDescribed(place.at.remote)}
              onRemove={() => {
                where.removeRemote(place.key);
                // The row that was pressed goes.
                button.current?.focus();
              }}
            />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setBrowsing(true)}>
          <FolderPlus aria-hidden className="size-4" strokeWidth={1.75} />
          {words.other}
        </Button>
        <Button ref={button} onClick={() => setDescribed("new")}>
          <Cloud aria-hidden className="size-4" strokeWidth={1.75} />
          {messages.remote.away}
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
