import { ChevronDown } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { Menu } from "../../components/ui/Menu";
import type { BackupEntry, DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { plansIn } from "./plansIn";

const words = messages.restore;

interface Props {
  destinations: readonly DestinationEntry[];
  destination: DestinationEntry | undefined;
  backups: readonly BackupEntry[];
  /** Name of the plan whose backups are shown; `null` for those of all. */
  plan: string | null;
  onDestination: (id: string) => void;
  onPlan: (plan: string | null) => void;
}

/** Where the files come from. */
export function RestoreHead({ destinations, destination, backups, plan, onDestination, onPlan }: Props) {
  const plans = plansIn(backups);
  return (
    <header className="flex flex-none flex-wrap items-center gap-x-2 gap-y-2 px-8 pt-5 pb-2">
      <h1 className="mr-auto text-20 font-strong tracking-[-0.012em]">{words.title}</h1>
      {plans.length > 1 && (
        <Choice
          label={words.plan}
          chosen={plan ?? words.allPlans}
          items={[
            { label: words.allPlans, onChoose: () => onPlan(null) },
            ...plans.map((name) => ({ label: name, onChoose: () => onPlan(name) })),
          ]}
        />
      )}
      {destination && (
        <Choice
          label={words.destination}
          chosen={destination.name}
          items={destinations.map(({ id, name }) => ({ label: name, onChoose: () => onDestination(id) }))}
        />
      )}
    </header>
  );
}

function Choice(props: { label: string; chosen: string; items: { label: string; onChoose: () => void }[] }) {
  const { label, chosen, items } = props;
  return (
    <Menu items={items}>
      <Button className="max-w-64 shrink">
        <span className="sr-only">{label}</span>
        <span className="line-clamp-1 break-all whitespace-normal">
          {chosen}
        </span>
        <ChevronDown aria-hidden className="size-3.5 flex-none text-text-3" strokeWidth={1.75} />
      </Button>
    </Menu>
  );
}
