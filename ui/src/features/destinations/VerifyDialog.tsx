import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { RefObject } from "react";

import { Button } from "../../components/ui/Button";
import { Dialog } from "../../components/ui/Dialog";
import { DialogHead } from "../../components/ui/DialogHead";
import { InlineError } from "../../components/ui/InlineError";
import type { Depth, DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useVerify } from "../../lib/questions/useVerify";
import { DepthRow } from "./DepthRow";

const words = messages.upkeep.verify;
/** The one that proves most comes first, and is chosen. */
const depths: readonly Depth[] = ["everything", "sample", "structure"];

interface Props {
  of: DestinationEntry;
  /** Where the keyboard goes when it is closed. */
  opener: RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** How much to read, with what each amount proves; then it goes to the run. */
export function VerifyDialog({ of, opener, onClose }: Props) {
  const [depth, setDepth] = useState<Depth>("everything");
  const verify = useVerify();
  const navigate = useNavigate();
  return (
    <Dialog open onOpenChange={(stays) => !stays && onClose()} title={words.title(of.name)} description={words.hint} focusNext={opener}>
      <DialogHead title={words.title(of.name)}>{words.hint}</DialogHead>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (verify.isPending) return;
          verify.mutate(
            { id: of.id, depth },
            { onSuccess: (run) => void navigate({ to: "/runs/$run", params: { run } }) },
          );
        }}
      >
        <div className="min-h-0 overflow-y-auto bg-surface">
          <fieldset>
            <legend className="sr-only">{words.depth}</legend>
            {depths.map((each) => (
              <DepthRow key={each} depth={each} stored={of.stored} chosen={each === depth} onChoose={() => setDepth(each)} />
            ))}
          </fieldset>
          {of.stored === null && <p className="border-t border-line px-6 py-3 text-13 text-text-2">{words.unknown}</p>}
          <InlineError error={verify.error} className="mx-6 my-3" />
        </div>
        <footer className="flex flex-none flex-wrap justify-end gap-2 border-t border-line px-6 py-3">
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button type="submit" variant="primary" busy={verify.isPending}>
            {words.start}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
