import { useInfiniteQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

const limit = 10;

/** The backups of a plan, the newest first, ten at a time. */
export function usePlanRuns(plan: string) {
  return useInfiniteQuery({
    queryKey: key("runs", "plan", plan),
    queryFn: ({ pageParam: before }) =>
      answer(commands.runs({ plan, kinds: ["backup"], statuses: [], before, limit })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < limit ? undefined : page.at(-1)?.id),
  });
}
