import { useEffect, useId, useRef } from "react";

import { Button } from "../../components/ui/Button";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";

const words = messages.restore.basket;

interface Props {
  conflicts: number;
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** Asked in place of the buttons, before anything is written over. The way that keeps everything has the keyboard. */
export function ConfirmReplace({ conflicts, busy, onYes, onNo }: Props) {
  const question = useId();
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => safe.current?.focus(), []);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p id={question} role="alert" className="mr-2 font-medium text-pretty">
        {words.confirm(count(conflicts))}
      </p>
      <Button ref={safe} size="tall" aria-describedby={question} onClick={onNo}>
        {words.confirmNo}
      </Button>
      <Button variant="primary" size="tall" busy={busy} aria-describedby={question} onClick={onYes}>
        {words.confirmYes(count(conflicts))}
      </Button>
    </div>
  );
}
