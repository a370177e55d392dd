import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { RunEntry } from "../../ipc/bindings";
import { hear } from "../../ipc/events";
import { key } from "../../ipc/keys";

/** One run. What is told while it is under way has no totals: they are asked for until they are final. */
export function useRun(id: string) {
  const client = useQueryClient();
  useEffect(
    () =>
      hear("backup:progress", ({ runId }) => {
        if (runId !== id) return;
        const known = client.getQueryData<RunEntry>(key("runs", "run", id));
        if (known?.progress?.counted) return;
        void client.invalidateQueries({ queryKey: key("runs", "run", id) }, { cancelRefetch: false });
      }),
    [client, id],
  );
  return useQuery({ queryKey: key("runs", "run", id), queryFn: () => answer(commands.run(id)) });
}
