import type { RunEntry, RunStatus, State } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

export type Stage = "waits" | "works" | "over";
export type End = Extract<RunStatus, "SUCCESS" | "PARTIAL_SUCCESS" | "FAILED" | "CANCELLED">;

const working: readonly RunStatus[] = ["RUNNING", "UPLOADING", "ROTATING"];

export function stageOf(status: RunStatus): Stage {
  if (status === "PENDING") return "waits";
  return working.includes(status) ? "works" : "over";
}

/** How it ended; `null` while it has not. */
export function endOf(status: RunStatus): End | null {
  return status === "PENDING" || working.includes(status) ? null : (status as End);
}

/** What the run is about, in words. */
export function titleOf({ kind, plan, destination, status }: RunEntry): string {
  const about = kind === "backup" ? plan : destination;
  return messages.runs.titles[kind][stageOf(status)](about);
}

/** The colour of an end. Only a backup says something about protection; all else stays in ink. */
export function toneOf(kind: RunEntry["kind"], end: End): State {
  if (kind !== "backup") return "not_set_up";
  return ({ SUCCESS: "protected", PARTIAL_SUCCESS: "warning", FAILED: "failed", CANCELLED: "paused" } as const)[end];
}

/** Whether files went to where they came from: below the root, each to its place. */
export const wentBack = ({ target }: RunEntry) => target?.path === "/";
