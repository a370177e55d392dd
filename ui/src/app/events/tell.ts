import type { QueryClient } from "@tanstack/react-query";

import type { BackupProgress, BackupStatus, QueueStats, RunEntry, Topic } from "../../ipc/bindings";
import { key } from "../../ipc/keys";
import { lacksTotals, withProgress } from "./progress";

/** Has everything that was asked about these topics asked anew. */
export function askAnew(client: QueryClient, topics: readonly Topic[]) {
  for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
}

/** A run moved on: its state changes in place, without a question to the program. */
export function progressed(client: QueryClient, told: BackupProgress) {
  const working = client.getQueryData<RunEntry[]>(key("working"));
  const known = working?.find(({ id }) => id === told.runId);
  if (!known || lacksTotals(known)) {
    void client.invalidateQueries({ queryKey: ["working"] }, { cancelRefetch: false });
  }
  client.setQueryData<RunEntry[]>(key("working"), (runs) => runs?.map((run) => withProgress(run, told)));
  client.setQueriesData<unknown>({ queryKey: ["runs"] }, (data: unknown) =>
    isRun(data) && data.id === told.runId ? withProgress(data, told) : data,
  );
}

/** A run began, moved on or ended. */
export function changedState(client: QueryClient, told: BackupStatus) {
  askAnew(client, ["working", "runs"]);
  const ended = !["PENDING", "RUNNING", "UPLOADING", "ROTATING"].includes(told.status);
  if (ended) askAnew(client, ["verdict", "plans", "destinations"]);
}

/** How many runs wait and are under way: asked anew only when that is not what the window shows. */
export function counted(client: QueryClient, told: QueueStats) {
  const shown = client.getQueryData<RunEntry[]>(key("working"))?.length;
  if (shown !== told.waiting + told.active) askAnew(client, ["working"]);
}

function isRun(data: unknown): data is RunEntry {
  return typeof data === "object" && data !== null && "id" in data && "queued_at" in data;
}
