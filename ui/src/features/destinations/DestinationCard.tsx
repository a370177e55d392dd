import { useRef, useState } from "react";

import { InlineError } from "../../components/ui/InlineError";
import { Path } from "../../components/ui/Path";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { Capacity } from "./Capacity";
import { CardActions } from "./CardActions";
import { CardFacts } from "./CardFacts";
import { CleanUpDialog } from "./CleanUpDialog";
import { iconOf } from "./kindIcon";
import { Reach } from "./Reach";
import { RemoveDialog } from "./RemoveDialog";
import { RenameForm } from "./RenameForm";
import { useRemove, useTest } from "./useDestinationChange";
import { about, tested } from "./words";

interface Props {
  of: DestinationEntry;
  /** Whether it is asked what a clean-up would do. */
  cleaning: boolean;
  onCleanUp: (open: boolean) => void;
  /** Says other things about it. */
  onChange: () => void;
  onRemoved: (gone: DestinationEntry) => void;
}

/** One destination: what it is, how full, its copies, and what can be done with it. */
export function DestinationCard({ of, cleaning, onCleanUp, onChange, onRemoved }: Props) {
  const [renaming, setRenaming] = useState(false);
  const [removing, setRemoving] = useState(false);
  const test = useTest();
  const remove = useRemove();
  const [shown, setShown] = useState<unknown>(null);
  const more = useRef<HTMLButtonElement>(null);
  const Icon = iconOf(of);
  return (
    <li className="flex flex-col gap-3 rounded-panel border border-line bg-surface p-4">
      <header className="flex items-start gap-3">
        <span className="grid size-9 flex-none place-items-center rounded-control bg-sunken text-text-2">
          <Icon aria-hidden className="size-5" strokeWidth={1.75} />
        </span>
        <div className="min-w-0 grow">
          {renaming ? (
            <RenameForm of={of} onDone={() => setRenaming(false)} />
          ) : (
            <h2 className="text-16 leading-5 font-strong wrap-anywhere">{of.name}</h2>
          )}
          <p className="text-12 text-text-2">{about(of)}</p>
          <Path path={of.path} className="mt-0.5 text-12 text-text-2" />
        </div>
        {/* Of what is far away it is only known when it was last reached. */}
        {!of.remote && <Reach of={of} />}
      </header>
      <Capacity of={of} />
      <CardFacts of={of} />
      <CardActions
        of={of}
        more={more}
        testing={test.isPending}
        onCleanUp={() => onCleanUp(true)}
        onTest={() => test.mutate(of.id)}
        onRename={() => setRenaming(true)}
        onChange={onChange}
        onRemove={() => {
          setShown(null);
          // What cannot be undone, or not yet be done, is shown first.
          if (of.remote || of.plans.length > 0) setRemoving(true);
          else remove.mutate(of.id, { onSuccess: onRemoved });
        }}
        onFailed={setShown}
      />
      {test.isSuccess && (
        <p role="status" className="text-13 text-pretty text-text-2">
          {tested(test.data)}
        </p>
      )}
      <InlineError error={test.error ?? remove.error ?? shown} />
      {cleaning && <CleanUpDialog of={of} opener={more} onClose={() => onCleanUp(false)} />}
      {removing && (
        <RemoveDialog of={of} opener={more} onClose={() => setRemoving(false)} onRemoved={onRemoved} />
      )}
      {test.isPending && <span className="sr-only">{messages.destinations.adding.trying}</span>}
    </li>
  );
}
