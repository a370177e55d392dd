import { useNavigate } from "@tanstack/react-router";
import { LoaderCircle } from "lucide-react";
import { useRef } from "react";
import type { RefObject } from "react";

import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { Dialog } from "../../components/ui/Dialog";
import { DialogHead } from "../../components/ui/DialogHead";
import { InlineError } from "../../components/ui/InlineError";
import type { CleanUpPlan, DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useNow } from "../../lib/now";
import { refusal } from "../../lib/refusal";
import { headOf, reasonsOf, sumsOf } from "./cleanUpSums";
import { StorageBar } from "./StorageBar";
import { useCleanUp, useCleanUpPlan } from "./useCleanUp";

const words = messages.upkeep.cleanUp;

interface Props {
  of: DestinationEntry;
  /** Where the keyboard goes when it is closed. */
  opener: RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** Looks for what no backup needs, says what would become of it, and does that and nothing else. */
export function CleanUpDialog({ of, opener, onClose }: Props) {
  const plan = useCleanUpPlan(of.id);
  const cleanUp = useCleanUp(of.id);
  const navigate = useNavigate();
  const content = useRef<HTMLDivElement>(null);
  const looks = plan.isFetching;
  const outdated = cleanUp.isError && refusal(cleanUp.error).code === "plan_outdated";
  const start = (id: string) =>
    cleanUp.mutate(id, { onSuccess: (run) => void navigate({ to: "/runs/$run", params: { run } }) });
  const lookAgain = () => {
    cleanUp.reset();
    void plan.refetch();
    // The button that was pressed goes.
    content.current?.focus();
  };
  const ready = plan.isSuccess && !looks && !outdated;
  return (
    <Dialog open onOpenChange={(stays) => !stays && onClose()} title={words.title(of.name)} description={words.hint} focusNext={opener}>
      <DialogHead title={words.title(of.name)}>{words.hint}</DialogHead>
      <div
        ref={content}
        tabIndex={0}
        role="region"
        aria-label={words.content}
        aria-busy={looks}
        className="flex min-h-56 flex-col gap-4 overflow-y-auto bg-surface px-6 py-5 focus-visible:-outline-offset-2"
      >
        {looks ? (
          <Looking name={of.name} />
        ) : (
          <>
            <AskError query={plan} />
            <InlineError error={cleanUp.error} action={outdated && <Button onClick={lookAgain}>{words.again}</Button>} />
            {ready && <Planned plan={plan.data} />}
          </>
        )}
      </div>
      <footer className="flex flex-none flex-wrap justify-end gap-2 border-t border-line px-6 py-3">
        {/* Enter alone changes nothing. */}
        <Button autoFocus onClick={onClose}>
          {ready && plan.data.empty ? words.close : words.cancel}
        </Button>
        {ready && !plan.data.empty && (
          <Button variant="primary" busy={cleanUp.isPending} onClick={() => start(plan.data.id)}>
            {words.start}
          </Button>
        )}
      </footer>
    </Dialog>
  );
}

function Looking({ name }: { name: string }) {
  return (
    <div role="status" className="my-auto flex items-start gap-3">
      <LoaderCircle aria-hidden className="mt-0.5 size-4 flex-none animate-spin motion-reduce:animate-none" />
      <p className="min-w-0 text-pretty wrap-anywhere">
        <span className="block font-medium">{words.reading(name)}</span>
        <span className="text-text-2">{words.readingHint}</span>
      </p>
    </div>
  );
}

function Planned({ plan }: { plan: CleanUpPlan }) {
  const now = useNow();
  const { title, hint } = headOf(plan);
  const reasons = reasonsOf(plan, now);
  return (
    <>
      <div role="status">
        <h3 className="text-20 font-strong tracking-[-0.012em]">{title}</h3>
        <p className="text-pretty text-text-2">{hint}</p>
      </div>
      {plan.reclaimable > 0 && <StorageBar sums={sumsOf(plan)} />}
      {reasons.length > 0 && (
        <ul className="flex list-disc flex-col gap-1 pl-4 marker:text-text-3">
          {reasons.map((reason) => (
            <li key={reason} className="max-w-[72ch] text-pretty">
              {reason}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
