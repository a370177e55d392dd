import type { Fix } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

/** The label of the button that does it; nothing where only words help. */
export function fixLabel(fix: Fix, nameOf: (id: string) => string | undefined): string | undefined {
  const words = messages.overview.fixes;
  switch (fix.kind) {
    case "back_up":
      return named(words.backUp, nameOf(fix.plan)) ?? words.back_up;
    case "plug_in":
      return named(words.plugIn, nameOf(fix.destination)) ?? words.plug_in;
    case "resume":
      return named(words.resumePlan, nameOf(fix.plan)) ?? words.resume;
    case "set_clock":
      return undefined;
    default:
      return words[fix.kind];
  }
}

/** What fits on a button; a longer name stands in the sentence beside it anyway. */
const SHORT = 24;

function named(say: (name: string) => string, name: string | undefined) {
  return name !== undefined && name.length <= SHORT ? say(name) : undefined;
}
