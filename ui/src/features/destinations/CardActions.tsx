import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, FolderOpen, FolderSearch, Pencil, Trash2 } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { Menu } from "../../components/ui/Menu";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useShowFolder } from "../../lib/questions/useShowFolder";

interface Props {
  of: DestinationEntry;
  testing: boolean;
  onTest: () => void;
  onRename: () => void;
  onRemove: () => void;
  /** The desktop could not show its folder. */
  onFailed: (error: unknown) => void;
}

export function CardActions({ of, testing, onTest, onRename, onRemove, onFailed }: Props) {
  const navigate = useNavigate();
  const show = useShowFolder();
  const words = messages.destinations.actions;
  const away = of.state !== "ready" && words.notHere;
  return (
    <div className="ml-auto flex flex-wrap items-center justify-end gap-2">
      <Button busy={testing} onClick={onTest}>
        {words.test}
      </Button>
      <Button
        disabledReason={away}
        onClick={() => void navigate({ to: "/restore", search: { destination: of.id } })}
      >
        <FolderSearch aria-hidden className="size-4" strokeWidth={1.75} />
        {words.browse}
      </Button>
      <span>
        <Menu
          items={[
            { label: words.rename, icon: Pencil, onChoose: onRename },
            {
              label: words.open,
              icon: FolderOpen,
              disabledReason: away,
              onChoose: () => show.mutate({ path: of.path }, { onError: onFailed }),
            },
            "line",
            { label: words.remove, icon: Trash2, onChoose: onRemove },
          ]}
        >
          <Button variant="quiet" size="icon" aria-label={words.more(of.name)}>
            <Ellipsis aria-hidden className="size-4" strokeWidth={1.75} />
          </Button>
        </Menu>
      </span>
    </div>
  );
}
