import type { Topic } from "./bindings";

/** The key of a question to the program: the topic that a `changed` event names, then what was asked. */
export function key(topic: Topic, ...asked: readonly unknown[]) {
  return [topic, ...asked] as const;
}
