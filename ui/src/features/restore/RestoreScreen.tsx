import { useEffect, useState } from "react";
import type { ReactNode } from "react";

import { Skeleton } from "../../components/ui/Skeleton";
import type { BackupEntry, DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { BackupView } from "./BackupView";
import { FailedBackups } from "./FailedBackups";
import { planOf } from "./plansIn";
import { RestoreHead } from "./RestoreHead";
import { TimeScrubber } from "./TimeScrubber";
import { useBackups } from "./useBackups";

const words = messages.restore;

interface Props {
  destinations: readonly DestinationEntry[];
  destination: DestinationEntry;
  /** Id of the backup that is asked for; without one, the newest. */
  backup: string | undefined;
  onDestination: (id: string) => void;
  onBackup: (backup: BackupEntry) => void;
  onStarted: (run: string) => void;
  /** In place of the files of a destination that is away, or has none. */
  whenAway: ReactNode;
  whenEmpty: ReactNode;
}

/** The backups of one destination. */
export function RestoreScreen(props: Props) {
  const { destinations, destination, onDestination, onBackup, onStarted, whenAway, whenEmpty } = props;
  const [plan, setPlan] = useState<string | null>(null);
  const query = useBackups(destination.id, destination.state === "ready");
  const all = query.data ?? [];
  const shown = plan === null ? all : all.filter((one) => planOf(one) === plan);
  const backups = shown.length > 0 ? shown : all;
  const asked = backups.findIndex((one) => isAsked(one, props.backup));
  const index = asked < 0 ? backups.length - 1 : asked;
  const backup = backups[index];
  const gone = props.backup !== undefined && query.isSuccess && !all.some((one) => isAsked(one, props.backup));

  // The address says what is shown: a newer backup that arrives does not push this one aside.
  const shownId = gone ? undefined : backup?.id;
  useEffect(() => {
    if (backup && shownId !== undefined && shownId !== props.backup) onBackup(backup);
  });

  function content() {
    if (destination.state !== "ready") return whenAway;
    if (query.isError) return <FailedBackups query={query} away={whenAway} />;
    if (query.isPending) return <Reading />;
    if (!backup) return whenEmpty;
    return (
      <>
        <TimeScrubber backups={backups} chosen={index} onChoose={onBackup} />
        {gone && (
          <p role="status" className="flex-none px-8 pb-2 text-13 text-text-2">
            {words.states.goneBackup}
          </p>
        )}
        <BackupView
          destination={destination.id}
          backup={backup}
          backups={all}
          onBackup={(other) => {
            setPlan(null);
            onBackup(other);
          }}
          onStarted={onStarted}
        />
      </>
    );
  }
  return (
    <div className="flex h-full min-h-[440px] flex-col">
      <RestoreHead
        destinations={destinations}
        destination={destination}
        backups={all}
        plan={shown.length > 0 ? plan : null}
        onDestination={(id) => {
          setPlan(null);
          onDestination(id);
        }}
        onPlan={setPlan}
      />
      {content()}
    </div>
  );
}

const isAsked = ({ id, short_id }: BackupEntry, asked: string | undefined) => id === asked || short_id === asked;

function Reading() {
  return (
    <>
      <div className="flex h-[76px] flex-none items-center px-8">
        <Skeleton label={words.reading} className="w-full" />
      </div>
      <div className="flex grow flex-col gap-4 border-t border-line bg-surface p-4">
        {["w-40", "w-56", "w-48", "w-64"].map((width) => (
          <Skeleton key={width} label={words.reading} className={width} />
        ))}
      </div>
    </>
  );
}
