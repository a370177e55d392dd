import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { HardDrive, Shield } from "lucide-react";
import type { ReactNode } from "react";

import { messages } from "../../lib/messages";
import { usePreference } from "../../lib/preference";
import { useDestinations } from "../../lib/questions/useDestinations";
import { usePlans } from "../../lib/questions/usePlans";
import { usePauseRun } from "../../lib/questions/usePauseRun";
import { useWorking } from "../../lib/questions/useWorking";
import { useSidebar } from "../../lib/sidebar";
import { theme } from "../../lib/theme";
import { screens } from "../screens";
import { actions } from "./actions";
import { PaletteEntry } from "./PaletteEntry";

const words = messages.frame.palette;

interface Props {
  query: string;
  onDone: () => void;
  /** Another screen was chosen. */
  onGo: () => void;
  onBackUp: (plans: string[]) => void;
  onVerify: (destination: string) => void;
}

/** Everything that can be found: screens, what there is, and what can be done. */
export function PaletteGroups({ query, onDone, onGo, onBackUp, onVerify }: Props) {
  const navigate = useNavigate();
  const plans = usePlans().data ?? [];
  const destinations = useDestinations().data ?? [];
  const pause = usePauseRun();
  const held = useWorking().data?.find(({ status, cancel_requested }) => status !== "PENDING" && !cancel_requested);
  const hold = held && { paused: held.paused, change: () => pause.mutate(held) };
  const now = { theme: usePreference(theme), ...useSidebar(), plans, destinations, backUp: onBackUp, verify: onVerify, hold };
  const going = (go: () => unknown) => () => {
    onGo();
    onDone();
    go();
  };
  const found = actions({
    ...now,
    cleanUp: (id) => void navigate({ to: "/destinations", search: { clean: id } }),
    go: (to) => {
      if (to === "/plans/$plan") void navigate({ to, params: { plan: "new" } });
      else if (to === "/destinations") void navigate({ to, search: { add: true } });
      else void navigate({ to });
    },
  });
  return (
    <>
      <Group heading={words.goTo}>
        {screens.map(({ to, ...screen }) => (
          <PaletteEntry key={to} id={to} {...screen} query={query} onSelect={going(() => void navigate({ to }))} />
        ))}
      </Group>
      {plans.length > 0 && (
        <Group heading={words.plans}>
          {plans.map(({ id, name, word }) => (
            <PaletteEntry
              key={id}
              id={id}
              icon={Shield}
              label={name}
              words={words.planWords}
              note={word}
              query={query}
              onSelect={going(() => void navigate({ to: "/plans/$plan", params: { plan: id } }))}
            />
          ))}
        </Group>
      )}
      {destinations.length > 0 && (
        <Group heading={words.destinations}>
          {destinations.map(({ id, name, state }) => (
            <PaletteEntry
              key={id}
              id={id}
              icon={HardDrive}
              label={name}
              words={words.destinationWords}
              note={messages.destinations.states[state]}
              query={query}
              onSelect={going(() => void navigate({ to: "/destinations" }))}
            />
          ))}
        </Group>
      )}
      <Group heading={words.actions}>
        {found.map(({ run, goes, ...action }) => (
          <PaletteEntry
            key={action.id}
            {...action}
            query={query}
            onSelect={
              goes
                ? going(run)
                : () => {
                    onDone();
                    run();
                  }
            }
          />
        ))}
      </Group>
    </>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-text-3"
    >
      {children}
    </Command.Group>
  );
}
