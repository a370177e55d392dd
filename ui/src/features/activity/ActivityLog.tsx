import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { EmptyState } from "../../components/ui/EmptyState";
import { InlineError } from "../../components/ui/InlineError";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { useRested } from "../../lib/useRested";
import { ActivityList } from "./ActivityList";
import type { Filter } from "./filter";
import { filters } from "./filter";
import { useActivity } from "./useActivity";

/** The log behind the filter, in all its states. */
export function ActivityLog({ filter, onClear }: { filter: Filter; onClear: () => void }) {
  const text = useRested(filter.text);
  const log = useActivity({ ...filter, text });
  const navigate = useNavigate();
  const words = messages.activity;
  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = log;
  // A page that failed is asked for by hand, not by every line that comes into sight.
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetching, isFetchNextPageError]);

  if (log.isError && !log.data) return <AskError query={log} className="mx-8" />;
  const lines = log.data?.pages.flat();
  if (!lines) {
    return (
      <div className="flex flex-col gap-5 border-t border-line bg-surface px-8 py-4">
        {["w-96", "w-64", "w-80", "w-72"].map((width) => (
          <Skeleton key={width} label={words.reading} className={`${width} max-w-full`} />
        ))}
      </div>
    );
  }
  if (lines.length === 0) {
    const hidden = filters(filter);
    const { title, why, action } = hidden ? words.none : words.empty;
    return (
      <EmptyState
        level="h2"
        title={title}
        why={why}
        action={
          <Button
            variant={hidden ? "secondary" : "primary"}
            size="tall"
            onClick={hidden ? onClear : () => void navigate({ to: "/plans" })}
          >
            {action}
          </Button>
        }
      />
    );
  }
  const end = isFetchNextPageError ? (
    <InlineError error={log.error} action={<Button onClick={() => void fetchNextPage()}>{words.more}</Button>} />
  ) : hasNextPage ? (
    <Button busy={log.isFetchingNextPage} onClick={() => void fetchNextPage()}>
      {words.more}
    </Button>
  ) : (
    words.all(lines.length)
  );
  return <ActivityList lines={lines} end={end} onEnd={more} />;
}
