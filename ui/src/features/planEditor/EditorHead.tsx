import { useNavigate } from "@tanstack/react-router";

import { Button } from "../../components/ui/Button";
import { Crumbs } from "../../components/ui/Crumbs";
import { messages } from "../../lib/messages";

const words = messages.plans.editor;

interface Props {
  title: string;
  isNew: boolean;
  changed: boolean;
  saved: boolean;
  busy: boolean;
  /** Why it cannot be saved. */
  blocked: string | false;
  onDiscard: () => void;
  onSave: () => void;
}

/** Where one is, and saving or discarding what was changed. */
export function EditorHead({ title, isNew, changed, saved, busy, blocked, onDiscard, onSave }: Props) {
  const go = useNavigate();
  return (
    <header className="flex flex-col">
      <Crumbs
        trail={[
          { key: "plans", label: messages.plans.title, onGo: () => void go({ to: "/plans" }) },
          { key: "plan", label: title, onGo: () => undefined },
        ]}
      />
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-20 font-strong tracking-[-0.012em] wrap-anywhere">{title}</h1>
        <p role="status" className="text-13 text-text-2">
          {saved && !changed && words.saved}
        </p>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {(changed || isNew) && (
            <Button variant="quiet" onClick={onDiscard}>
              {isNew ? words.discard : words.discardChanges}
            </Button>
          )}
          <span className="flex flex-row-reverse flex-wrap items-center justify-end gap-x-3 gap-y-1">
            <Button variant="primary" busy={busy} disabledReason={blocked} onClick={onSave}>
              {isNew ? words.create : words.save}
            </Button>
          </span>
        </div>
      </div>
    </header>
  );
}
