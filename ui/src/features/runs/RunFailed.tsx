import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Button } from "../../components/ui/Button";
import { ErrorState } from "../../components/ui/ErrorState";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";

const words = messages.runs.failed;

/** In place of a run that could not be read, or is not there; then `action` leads on. */
export function RunFailed({ query, action }: { query: UseQueryResult<unknown>; action: ReactNode }) {
  const { code, message, hint } = refusal(query.error);
  const gone = code === "no_such_run";
  return (
    <ErrorState
      level="h1"
      title={gone ? words.gone : words.title}
      happened={message}
      means={words.means}
      todo={hint}
      action={
        gone ? (
          action
        ) : (
          <Button variant="primary" size="tall" busy={query.isFetching} onClick={() => void query.refetch()}>
            {words.again}
          </Button>
        )
      }
    />
  );
}
