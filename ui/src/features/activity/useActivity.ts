import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { ActivityWanted } from "../../ipc/bindings";
import { key } from "../../ipc/keys";
import type { Filter } from "./filter";
import { levels } from "./filter";

/** Lines a page. */
const PAGE = 200;

/** The lines that pass the filter, the newest first, page by page. */
export function useActivity({ level, plan, text }: Filter) {
  const wanted = { levels: levels[level], plan, contains: text.trim() || null, limit: PAGE };
  return useInfiniteQuery({
    queryKey: key("runs", "activity", wanted),
    queryFn: ({ pageParam }) => answer(commands.activity({ ...wanted, before: pageParam })),
    initialPageParam: null as ActivityWanted["before"],
    getNextPageParam: (page) => {
      const last = page.length < PAGE ? undefined : page.at(-1);
      return last && { at: last.at, run: last.run, seq: last.seq };
    },
    placeholderData: keepPreviousData,
  });
}
