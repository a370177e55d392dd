import { Link } from "@tanstack/react-router";
import { HardDrive, Server, Usb } from "lucide-react";

import { Ago } from "../../components/ui/Ago";
import { AskError } from "../../components/ui/AskError";
import { Checkbox } from "../../components/ui/Checkbox";
import { Notice } from "../../components/ui/Notice";
import { Path } from "../../components/ui/Path";
import { Skeleton } from "../../components/ui/Skeleton";
import type { DestinationEntry, PlanEntry } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { useDestinations } from "../../lib/questions/useDestinations";
import type { Editing } from "./drafts";
import { EditorPanel } from "./EditorPanel";

const words = messages.plans.editor;
const icons = { usb: Usb, disk: HardDrive, network: Server, system: HardDrive };

interface Props {
  editing: Editing;
  plan: PlanEntry | undefined;
  destinations: ReturnType<typeof useDestinations>;
}

/** Where the copies go. */
export function WherePanel({ editing, plan, destinations }: Props) {
  const chosen = editing.draft.destinations;
  const all = destinations.data ?? [];
  const choose = (id: string, on: boolean) =>
    editing.change({ destinations: on ? [...chosen, id] : chosen.filter((other) => other !== id) });
  return (
    <>
      <EditorPanel
        title={words.destinations}
        aside={
          <Link
            to="/destinations"
            className="rounded-chip text-accent-text underline decoration-accent-line underline-offset-3 hover:decoration-current"
          >
            {words.addDestination}
          </Link>
        }
      >
        {destinations.isError && (
          <div className="flex flex-col gap-3 px-4 pb-4">
            <p className="text-text-2">{words.destinationsFailed}</p>
            <AskError query={destinations} />
          </div>
        )}
        {destinations.isPending && <Skeleton label={words.destinationsReading} className="mx-4 my-3" />}
        {destinations.isSuccess && all.length === 0 && (
          <p className="border-t border-line px-4 py-3 text-text-2">{words.noDestinations}</p>
        )}
        <ul>
          {all.map((destination) => (
            <DestinationRow
              key={destination.id}
              destination={destination}
              copied={plan?.targets.find((target) => target.destination === destination.id)?.last_copy_at ?? null}
              chosen={chosen.includes(destination.id)}
              onChoose={(on) => choose(destination.id, on)}
            />
          ))}
        </ul>
      </EditorPanel>
      <Nudge chosen={all.filter(({ id }) => chosen.includes(id))} />
    </>
  );
}

interface RowProps {
  destination: DestinationEntry;
  /** The newest copy of this plan there. */
  copied: string | null;
  chosen: boolean;
  onChoose: (on: boolean) => void;
}

function DestinationRow({ destination, copied, chosen, onChoose }: RowProps) {
  const { name, kind, path, state, capacity_free: free, capacity_total: total, off_disk } = destination;
  const Icon = icons[kind];
  return (
    <li className="border-t border-line">
      <label className="grid min-h-14 grid-cols-[16px_20px_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-1.5 hover:bg-hover">
        <Checkbox label={name} checked={chosen} onChange={onChoose} />
        <Icon aria-hidden className="size-5" strokeWidth={1.75} />
        <span className="min-w-0 leading-[18px]">
          <span className="block font-medium wrap-anywhere">{name}</span>
          <span className="flex flex-wrap items-center gap-x-1.5 text-12 text-text-2">
            <Path path={path} className="text-12" />
            {free !== null && total !== null && <span>· {words.free(bytes(free), bytes(total))}</span>}
            {off_disk === false && <span>· {words.sameDisk}</span>}
          </span>
        </span>
        <span className="text-right text-13">
          <span className="block font-medium">{state === "ready" ? words.ready : words.notMounted}</span>
          <span className="block text-12 text-text-2">
            {copied === null ? (
              words.noCopy
            ) : (
              <>
                {words.lastCopy} <Ago at={copied} />
              </>
            )}
          </span>
        </span>
      </label>
    </li>
  );
}

/** What is chosen and would go down with this computer. */
function Nudge({ chosen }: { chosen: readonly DestinationEntry[] }) {
  if (chosen.length === 0 || chosen.some(({ off_disk }) => off_disk === true)) return null;
  const unsure = chosen.some(({ off_disk }) => off_disk === null);
  return (
    <Notice>
      <b className="font-strong">{unsure ? words.unsureTitle : words.nudgeTitle}</b>{" "}
      {unsure ? words.unsure : words.nudge}
    </Notice>
  );
}
