import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Button } from "../../components/ui/Button";
import { ErrorState } from "../../components/ui/ErrorState";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";

const words = messages.restore.states;

/** In place of backups that could not be read; a disk that was pulled out meanwhile is only away. */
export function FailedBackups({ query, away }: { query: UseQueryResult<unknown>; away: ReactNode }) {
  const { code, message, hint } = refusal(query.error);
  if (code === "not_mounted") return away;
  return (
    <div className="max-w-[1264px] px-8 py-3">
      <ErrorState
        level="h2"
        title={words.failed}
        happened={message}
        means={words.failedMeans}
        todo={hint}
        action={
          <Button variant="primary" size="tall" busy={query.isFetching} onClick={() => void query.refetch()}>
            {words.again}
          </Button>
        }
      />
    </div>
  );
}
