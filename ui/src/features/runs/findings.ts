import type { LogEntry, RunEntry } from "../../ipc/bindings";

/** What a verification found: damage first, then remarks, each in the order in which it was found. */
export function findingsOf(lines: readonly LogEntry[], error: RunEntry["error"]): LogEntry[] {
  const damage = lines.filter(({ level, message }) => level === "error" && message !== error?.message);
  return [...damage, ...lines.filter(({ level }) => level === "warning")];
}
