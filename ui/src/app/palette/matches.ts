/** Splits what was typed into words that are compared without case or accents. */
function words(text: string): string[] {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/).filter(Boolean);
}

/** 1 when the label's words begin with every typed word, ½ when the hidden words are needed, else 0. */
export function matches(label: string, query: string, hidden: readonly string[] = []): number {
  const typed = words(query);
  const seen = words(label);
  const all = [...seen, ...hidden.flatMap(words)];
  const every = (among: string[]) => typed.every((part) => among.some((word) => word.startsWith(part)));
  if (every(seen)) return 1;
  return every(all) ? 0.5 : 0;
}
