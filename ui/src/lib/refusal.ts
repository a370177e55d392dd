import { Failure } from "../ipc/answer";
import type { Remedy } from "../ipc/bindings";
import { messages } from "./messages";

export interface Refusal {
  code: string | null;
  message: string;
  hint: string;
  /** What was said about a destination, and what it showed that it should be. */
  remedy: Remedy | null;
}

/** What to say about anything that was thrown: the program's own words, or that it gave no answer. */
export function refusal(error: unknown): Refusal {
  if (error instanceof Failure) return error.reason;
  return { code: null, message: messages.ui.noAnswer, hint: messages.ui.noAnswerHint, remedy: null };
}
