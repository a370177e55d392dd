import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

/** A copy grows old without anything happening: the verdict is asked for anew although nothing has changed. */
const OLDER = 60_000;

/** Whether everything is protected. When it cannot be read, an earlier answer does not count. */
export function useVerdict() {
  return useQuery({
    queryKey: key("verdict"),
    queryFn: () => answer(commands.verdict()),
    refetchInterval: OLDER,
    refetchOnWindowFocus: true,
  });
}
