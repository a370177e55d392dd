import { useState } from "react";

import { Skeleton } from "../../components/ui/Skeleton";
import { Toast } from "../../components/ui/Toast";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";
import { DestinationCard } from "./DestinationCard";
import { useAdd } from "./useDestinationChange";

interface Props {
  all: readonly DestinationEntry[] | undefined;
  /** The id of the one for which it is asked what a clean-up would do. */
  cleaning: string | undefined;
  onCleanUp: (id: string | undefined) => void;
  /** Says other things about one. */
  onChange: (id: string) => void;
}

/** The destinations as cards; removing one can be undone. */
export function DestinationList({ all, cleaning, onCleanUp, onChange }: Props) {
  const [gone, setGone] = useState<DestinationEntry>();
  const undo = useAdd();
  const words = messages.destinations;
  return (
    <>
      <ul className="flex flex-col gap-3">
        {all?.map((each) => (
          <DestinationCard
            key={each.id}
            of={each}
            cleaning={each.id === cleaning}
            onCleanUp={(open) => onCleanUp(open ? each.id : undefined)}
            onChange={() => onChange(each.id)}
            onRemoved={setGone}
          />
        )) ??
          [0, 1].map((row) => (
            <li key={row} className="appear-late flex flex-col gap-4 rounded-panel border border-line bg-surface p-4">
              <Skeleton label={words.reading} className="h-4" />
              <Skeleton label={words.reading} className="w-full" />
              <Skeleton label={words.reading} className="w-72" />
            </li>
          ))}
      </ul>
      {gone && (
        <Toast
          // What was said about a server is gone with its secrets.
          action={
            gone.remote
              ? undefined
              : {
                  label: words.undo,
                  onPress: () =>
                    undo.mutate({ path: { path: gone.path }, name: gone.name, adopt: null }, { onSuccess: () => setGone(undefined) }),
                }
          }
          onDismiss={() => {
            setGone(undefined);
            undo.reset();
          }}
        >
          {undo.isError ? refusal(undo.error).message : words.removed(gone.name)}
        </Toast>
      )}
    </>
  );
}
