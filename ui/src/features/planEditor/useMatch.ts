import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { pathKey } from "../../components/folders/pathKey";
import { Failure, answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { Measured, PathText } from "../../ipc/bindings";
import { useRested } from "./useRested";

export interface Match {
  /** The last count; from before a change while the next one is made. */
  now: Measured | undefined;
  counting: boolean;
  error: Error | null;
  part: (path: PathText) => Measured["parts"][number] | undefined;
  leftOut: (pattern: string) => Measured["left_out"][number] | undefined;
  /** What the program says against a pattern. */
  refusalOf: (pattern: string) => string | undefined;
}

/** What the plan would copy and leave out, counted anew whenever it has rested for a moment. */
export function useMatch(folders: PathText[], patterns: string[]): Match {
  const wanted = JSON.stringify([folders, patterns]);
  const rested = useRested(wanted);
  const [askedFolders, askedPatterns] = JSON.parse(rested) as [PathText[], string[]];
  const asked = useQuery({
    queryKey: ["match", askedFolders, askedPatterns],
    queryFn: ({ signal }) => {
      // A count that nobody waits for is ended by the next one; its end says nothing.
      signal.throwIfAborted();
      return answer(commands.measure("plan", askedFolders, askedPatterns));
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const now = folders.length > 0 ? asked.data : undefined;
  const refused = asked.error instanceof Failure ? asked.error.reason : undefined;
  const bad = refused && askedPatterns.find((pattern) => refused.message.includes(`"${pattern}"`));
  return {
    now,
    counting: rested !== wanted || asked.isFetching,
    error: asked.error,
    part: (path) => now?.parts.find((part) => pathKey(part.path) === pathKey(path)),
    leftOut: (pattern) => now?.left_out.find((left) => left.pattern === pattern),
    refusalOf: (pattern) => (pattern === bad ? `${refused?.message} ${refused?.hint}`.trim() : undefined),
  };
}
