import { useQueries } from "@tanstack/react-query";

import { pathKey } from "../../components/folders/pathKey";
import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PathText, TriedPlace } from "../../ipc/bindings";

export interface Trial {
  done: TriedPlace | undefined;
  error: Error | null;
  again: () => void;
}

/** Tries each chosen place with a small file. One that is chosen anew is tried anew. */
export function useTrials(chosen: PathText[]): (path: PathText) => Trial | undefined {
  const results = useQueries({
    queries: chosen.map((path) => ({
      queryKey: ["trial", path],
      queryFn: () => answer(commands.tryPlace(path)),
      staleTime: Infinity,
      gcTime: 0,
    })),
  });
  const trials = new Map(
    chosen.map((path, index) => {
      const result = results[index];
      const error = result?.isFetching ? null : (result?.error ?? null);
      return [pathKey(path), { done: result?.data, error, again: () => void result?.refetch() }];
    }),
  );
  return (path) => trials.get(pathKey(path));
}
