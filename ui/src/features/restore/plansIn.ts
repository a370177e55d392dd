import type { BackupEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

/** What a backup's plan is called here; other programs and other computers make backups too. */
export function planOf({ plan_name }: BackupEntry): string {
  return plan_name ?? messages.restore.otherPlans;
}

/** The plans whose backups lie at a destination, by name. */
export function plansIn(backups: readonly BackupEntry[]): string[] {
  return [...new Set(backups.map(planOf))].sort((a, b) => a.localeCompare(b));
}
