import { useState } from "react";

import { Alone } from "../components/ui/Alone";
import { Button } from "../components/ui/Button";
import { ErrorState } from "../components/ui/ErrorState";
import { InlineError } from "../components/ui/InlineError";
import { SetAside } from "../features/data/SetAside";
import { messages } from "../lib/messages";
import { useAppState } from "../lib/questions/useAppState";
import { useOpenAgain } from "../lib/questions/useOpenAgain";

/** The database cannot be opened: why, what it means, and what helps. */
export function BrokenRoute() {
  const state = useAppState();
  const again = useOpenAgain();
  const [aside, setAside] = useState(false);
  const words = messages.gate.broken;
  const problem = state.data?.problem;
  return (
    <Alone>
      <ErrorState
        level="h1"
        title={words.title}
        happened={problem?.message ?? words.happenedUnknown}
        means={words.means}
        todo={problem?.hint || words.again}
        action={
          <div className="flex flex-col items-start gap-3">
            {!aside && (
              <Button variant="primary" size="tall" busy={again.isPending} onClick={() => again.mutate()}>
                {words.again}
              </Button>
            )}
            <InlineError error={again.error} />
            {problem?.code === "store_damaged" && <SetAside onDone={() => setAside(true)} />}
          </div>
        }
      />
    </Alone>
  );
}
