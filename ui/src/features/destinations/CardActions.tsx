import { useNavigate } from "@tanstack/react-router";
import { BrushCleaning, Ellipsis, FolderOpen, FolderSearch, Pencil, SlidersHorizontal, Trash2 } from "lucide-react";
import { useId } from "react";
import type { RefObject } from "react";

import { Button } from "../../components/ui/Button";
import { Menu } from "../../components/ui/Menu";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useShowFolder } from "../../lib/questions/useShowFolder";
import { useWorking } from "../../lib/questions/useWorking";
import { VerifyButton } from "./VerifyButton";

interface Props {
  of: DestinationEntry;
  testing: boolean;
  /** The button of further actions, which gets the keyboard back from what they open. */
  more: RefObject<HTMLButtonElement | null>;
  onTest: () => void;
  onCleanUp: () => void;
  onRename: () => void;
  /** Says other things about it. */
  onChange: () => void;
  onRemove: () => void;
  /** The desktop could not show its folder. */
  onFailed: (error: unknown) => void;
}

/** The id of the button of a card's further actions. */
export const moreOf = (destination: string) => `more-${destination}`;

export function CardActions({ of, testing, more, onTest, onCleanUp, onRename, onChange, onRemove, onFailed }: Props) {
  const navigate = useNavigate();
  const show = useShowFolder();
  const words = messages.destinations.actions;
  const upkeep = messages.upkeep.cleanUp;
  const why = useId();
  const away = of.state !== "ready" && words.notHere;
  const cleaning = useWorking().data?.find((run) => run.destination_id === of.id && run.kind === "prune");
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {away && (
        <p id={why} className="mr-auto text-13 text-pretty text-text-2">
          {away}
        </p>
      )}
      <Button busy={testing} onClick={onTest}>
        {words.test}
      </Button>
      <VerifyButton of={of} disabledBy={away && why} />
      <Button
        disabledBy={away && why}
        onClick={() => void navigate({ to: "/restore", search: { destination: of.id } })}
      >
        <FolderSearch aria-hidden className="size-4" strokeWidth={1.75} />
        {words.browse}
      </Button>
      <span>
        <Menu
          items={[
            { label: words.rename, icon: Pencil, onChoose: onRename },
            cleaning
              ? {
                  label: upkeep.show,
                  icon: BrushCleaning,
                  onChoose: () => void navigate({ to: "/runs/$run", params: { run: cleaning.id } }),
                }
              : { label: upkeep.action, icon: BrushCleaning, disabledReason: away, onChoose: onCleanUp },
            ...(of.remote
              ? [{ label: messages.remote.settings, icon: SlidersHorizontal, onChoose: onChange }]
              : [
                  {
                    label: words.open,
                    icon: FolderOpen,
                    disabledReason: away,
                    onChoose: () => show.mutate({ path: of.path }, { onError: onFailed }),
                  },
                ]),
            "line",
            { label: words.remove, icon: Trash2, onChoose: onRemove },
          ]}
        >
          <Button ref={more} id={moreOf(of.id)} variant="quiet" size="icon" aria-label={words.more(of.name)}>
            <Ellipsis aria-hidden className="size-4" strokeWidth={1.75} />
          </Button>
        </Menu>
      </span>
    </div>
  );
}
