import { listen } from "@tauri-apps/api/event";

import type { BackupProgress, BackupStatus, Changed, Go, QueueStats } from "./bindings";

/** What the program tells by itself, by name. */
interface Events {
  "backup:progress": BackupProgress;
  "backup:status": BackupStatus;
  "queue:stats": QueueStats;
  changed: Changed;
  go: Go;
}

/** Hears an event until the returned function is called. */
export function hear<Name extends keyof Events>(name: Name, heard: (payload: Events[Name]) => void): () => void {
  const listening = listen<Events[Name]>(name, ({ payload }) => heard(payload));
  return () => void listening.then((stop) => stop());
}
