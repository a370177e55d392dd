import { messages } from "../../lib/messages";

const words = messages.plans.editor.meaning;

/** What a pattern leaves out, in words; those of the engine's rules that people write most. */
export function meaning(pattern: string): string {
  const plain = pattern.replace(/\/+$/, "");
  const special = /[*?[\]{}\\]/;
  const ending = /^\*(\.[^*?[\]{}\\/]+)$/.exec(plain)?.[1];
  const folder = /^([^*?[\]{}\\]+)\/\*\*$/.exec(plain)?.[1];
  if (ending !== undefined) return words.ending(ending);
  if (folder !== undefined) return words.below(folder);
  if (special.test(plain)) return words.other;
  return plain.startsWith("/") ? words.path : words.name;
}
