import { useState } from "react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Path } from "../../components/ui/Path";
import { messages } from "../../lib/messages";
import { useOpenAgain } from "../../lib/questions/useOpenAgain";
import { useSetAside } from "./useSetAside";

/** Begins anew without the damaged file, after a question in place; the file stays, and it is said where. */
export function SetAside({ onDone }: { onDone: () => void }) {
  const [asked, setAsked] = useState(false);
  const aside = useSetAside();
  const again = useOpenAgain();
  const words = messages.gate.broken;
  if (aside.isSuccess) {
    return (
      <div role="status" className="flex flex-col items-start gap-2">
        <p>{words.done}</p>
        <Path path={aside.data} className="select-text" />
        <Button variant="primary" size="tall" className="mt-2" busy={again.isPending} onClick={() => again.mutate()}>
          {words.goOn}
        </Button>
        <InlineError error={again.error} />
      </div>
    );
  }
  if (!asked) return <Button onClick={() => setAsked(true)}>{words.aside}</Button>;
  return (
    <div role="group" aria-label={words.aside} className="flex flex-col items-start gap-3">
      <p className="max-w-[72ch] text-pretty">{words.question}</p>
      <div className="flex flex-wrap gap-2">
        <Button autoFocus onClick={() => setAsked(false)}>
          {words.keep}
        </Button>
        <Button busy={aside.isPending} onClick={() => aside.mutate(undefined, { onSuccess: onDone })}>
          {words.confirm}
        </Button>
      </div>
      <InlineError error={aside.error} />
    </div>
  );
}
