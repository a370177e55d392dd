import type { State } from "../ipc/bindings";

interface Tone {
  /** Text and glyph. */
  ink: string;
  /** Ground and edge of a panel. */
  ground: string;
}

const plain: Tone = { ink: "text-text", ground: "bg-surface border-line-strong" };
const warn: Tone = { ink: "text-warn", ground: "bg-warn-tint border-warn-line" };

/** The colours of a state. Only what was judged has one: what is not known yet stays plain. */
export const tones: Record<State, Tone> = {
  not_set_up: plain,
  paused: plain,
  protected: { ink: "text-safe", ground: "bg-safe-tint border-safe-line" },
  warning: warn,
  destination_missing: warn,
  failed: { ink: "text-fail", ground: "bg-fail-tint border-fail-line" },
};

/** Whether a person has to do something before this state goes away. */
export function needsPerson(state: State): boolean {
  return state === "warning" || state === "destination_missing" || state === "failed";
}
