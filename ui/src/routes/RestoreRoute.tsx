import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { AskError } from "../components/ui/AskError";
import { Button } from "../components/ui/Button";
import { EmptyState } from "../components/ui/EmptyState";
import { Skeleton } from "../components/ui/Skeleton";
import { firstDestination } from "../features/restore/firstDestination";
import { PlainState } from "../features/restore/PlainState";
import { RestoreScreen } from "../features/restore/RestoreScreen";
import { useDestinations } from "../lib/questions/useDestinations";
import { messages } from "../lib/messages";

const words = messages.restore;

export function RestoreRoute() {
  const search = useSearch({ from: "/restore" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const query = useDestinations();
  const destinations = query.data ?? [];
  const destination = destinations.find(({ id }) => id === search.destination) ?? firstDestination(destinations);

  if (query.isError || query.isPending) {
    return (
      <div className="flex max-w-[1264px] flex-col gap-4 px-8 pt-5 pb-8">
        <h1 className="text-20 font-strong tracking-[-0.012em]">{words.title}</h1>
        {query.isError ? <AskError query={query} /> : <Skeleton label={words.reading} className="w-full" />}
      </div>
    );
  }
  if (!destination) {
    return (
      <EmptyState
        title={words.states.noDestination}
        why={words.states.noDestinationWhy}
        action={
          <Button variant="primary" size="tall" onClick={() => void navigate({ to: "/plans" })}>
            {words.states.noDestinationAction}
          </Button>
        }
      />
    );
  }
  const lookAgain = () => {
    void client.invalidateQueries({ queryKey: ["destinations"] });
    void client.invalidateQueries({ queryKey: ["runs", "backups", destination.id] });
  };
  return (
    <RestoreScreen
      destinations={destinations}
      destination={destination}
      backup={search.backup}
      onDestination={(id) => void navigate({ to: "/restore", search: { destination: id }, replace: true })}
      onBackup={({ id }) =>
        void navigate({ to: "/restore", search: { destination: destination.id, backup: id }, replace: true })
      }
      onStarted={(run) => void navigate({ to: "/runs/$run", params: { run } })}
      whenAway={
        <PlainState
          title={words.states.notHere(destination.name)}
          why={words.states.notHereWhy}
          action={words.states.notHereAction}
          busy={query.isFetching}
          onAction={lookAgain}
        />
      }
      whenEmpty={
        <PlainState
          title={words.states.noBackups(destination.name)}
          why={words.states.noBackupsWhy}
          action={words.states.noBackupsAction}
          onAction={() => void navigate({ to: "/plans" })}
        />
      }
    />
  );
}
