import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PathText } from "../../ipc/bindings";

/** Writes a file in the chosen place and removes it again; nothing until one is chosen. */
export function useTrial(path: PathText | undefined) {
  return useQuery({
    queryKey: ["trial", path],
    queryFn: () => answer(commands.tryPlace(path as PathText)),
    enabled: path !== undefined,
    gcTime: 0,
    retryOnMount: true,
  });
}
