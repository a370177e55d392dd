import type { RefObject } from "react";

import { Button } from "../../components/ui/Button";
import { Dialog } from "../../components/ui/Dialog";
import { DialogHead } from "../../components/ui/DialogHead";
import { InlineError } from "../../components/ui/InlineError";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useRemove } from "./useDestinationChange";

const words = messages.remote.removing;

interface Props {
  of: DestinationEntry;
  /** Where the keyboard goes when it is closed. */
  opener: RefObject<HTMLElement | null>;
  onClose: () => void;
  onRemoved: (gone: DestinationEntry) => void;
}

/** What depends on a destination, and what becomes of what lies there; then removes it. */
export function RemoveDialog({ of, opener, onClose, onRemoved }: Props) {
  const remove = useRemove();
  const title = words.title(of.name);
  const used = of.plans.length > 0;
  return (
    <Dialog open onOpenChange={(stays) => !stays && onClose()} title={title} description={words.stays} focusNext={opener}>
      <DialogHead title={title}>{words.stays}</DialogHead>
      <div className="flex flex-col gap-3 overflow-y-auto bg-surface px-6 py-5">
        {used ? (
          <>
            <p>{words.used(of.plans.length)}</p>
            <ul className="flex list-disc flex-col gap-1 pl-4 font-medium wrap-anywhere marker:text-text-3">
              {of.plans.map((plan) => (
                <li key={plan}>{plan}</li>
              ))}
            </ul>
            <p className="text-pretty text-text-2">{words.usedHint}</p>
          </>
        ) : (
          of.remote && <p className="text-pretty">{words.forgets}</p>
        )}
        <InlineError error={remove.error} />
      </div>
      <footer className="flex flex-none flex-wrap justify-end gap-2 border-t border-line px-6 py-3">
        {/* Enter alone changes nothing. */}
        <Button autoFocus onClick={onClose}>
          {used ? words.close : words.cancel}
        </Button>
        {!used && (
          <Button
            variant="primary"
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(of.id, {
                onSuccess: (gone) => {
                  onClose();
                  onRemoved(gone);
                },
              })
            }
          >
            {words.action}
          </Button>
        )}
      </footer>
    </Dialog>
  );
}
