import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PathText } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

const page = 100;

/** Why files were skipped, and how many for each reason. */
export function useSkippedReasons(run: string) {
  return useQuery({
    queryKey: key("runs", "skipped reasons", run),
    queryFn: () => answer(commands.skippedReasons(run)),
  });
}

/** The skipped files of one reason, a page at a time. */
export function useSkipped(run: string, reason: string) {
  return useInfiniteQuery({
    queryKey: key("runs", "skipped", run, reason),
    queryFn: ({ pageParam }) => answer(commands.skipped(run, reason, pageParam, page)),
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.length < page ? undefined : all.length * page),
  });
}

/** Says that a skipped file is all right. */
export function useAcceptSkipped(run: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, path_hex }: PathText) =>
      answer(commands.acceptSkipped(run, path_hex === undefined ? { path } : { path, path_hex })),
    onSuccess: () => {
      for (const topic of ["runs", "verdict", "plans"]) void client.invalidateQueries({ queryKey: [topic] });
    },
  });
}
