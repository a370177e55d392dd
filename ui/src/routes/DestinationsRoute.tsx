import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { AskError } from "../components/ui/AskError";
import { Button } from "../components/ui/Button";
import { EmptyState } from "../components/ui/EmptyState";
import { Screen } from "../components/ui/Screen";
import { AddDestination } from "../features/destinations/AddDestination";
import { moreOf } from "../features/destinations/CardActions";
import { DestinationList } from "../features/destinations/DestinationList";
import { ChangeRemote } from "../features/destinations/remote/ChangeRemote";
import { messages } from "../lib/messages";
import { useDestinations } from "../lib/questions/useDestinations";

export function DestinationsRoute() {
  const destinations = useDestinations();
  const { add, clean, change } = useSearch({ from: "/destinations" });
  const navigate = useNavigate();
  const words = messages.destinations;
  const all = destinations.data;
  const toggle = (adding: boolean) =>
    void navigate({ to: "/destinations", search: adding ? { add: true } : {}, replace: true });
  const cleanUp = (id: string | undefined) =>
    void navigate({ to: "/destinations", search: id === undefined ? {} : { clean: id }, replace: true });
  const changeOf = (id: string | undefined) =>
    void navigate({ to: "/destinations", search: id === undefined ? {} : { change: id }, replace: true });
  const closed = (id: string) => {
    changeOf(undefined);
    // The keyboard goes back to the card.
    document.getElementById(moreOf(id))?.focus();
  };
  const changed = all?.find(({ id, remote }) => id === change && remote !== null);
  const off = all?.filter(({ off_disk }) => off_disk === true).length ?? 0;
  return (
    <Screen
      title={words.title}
      sub={all && all.length > 0 && words.sub(all.length, off)}
      actions={
        !add &&
        all !== undefined &&
        all.length > 0 && (
          <Button variant="primary" onClick={() => toggle(true)}>
            <Plus aria-hidden className="size-4" strokeWidth={1.75} />
            {words.add}
          </Button>
        )
      }
    >
      {add && <AddDestination onDone={() => toggle(false)} />}
      {changed && <ChangeRemote key={changed.id} of={changed} onDone={() => closed(changed.id)} />}
      {destinations.isError ? (
        <AskError query={destinations} />
      ) : all?.length === 0 ? (
        !add && (
          <EmptyState
            level="h2"
            title={words.empty.title}
            why={words.empty.why}
            action={
              <Button variant="primary" size="tall" onClick={() => toggle(true)}>
                {words.empty.action}
              </Button>
            }
          />
        )
      ) : (
        <DestinationList all={all} cleaning={clean} onCleanUp={cleanUp} onChange={changeOf} />
      )}
    </Screen>
  );
}
