import type { UseQueryResult } from "@tanstack/react-query";

import { messages } from "../../lib/messages";
import { Button } from "./Button";
import { InlineError } from "./InlineError";

/** In place of what could not be read: the reason, and asking again. */
export function AskError({ query, className }: { query: UseQueryResult<unknown>; className?: string | undefined }) {
  if (!query.isError) return null;
  return (
    <InlineError
      error={query.error}
      className={className}
      action={
        <Button busy={query.isFetching} onClick={() => void query.refetch()}>
          {messages.ui.tryAgain}
        </Button>
      }
    />
  );
}
