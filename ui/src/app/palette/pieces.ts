interface Piece {
  at: number;
  part: string;
  found: boolean;
}

/** The text cut where a word begins with something that was typed. */
export function pieces(text: string, query: string): Piece[] {
  const typed = query.toLowerCase().split(/\s+/).filter(Boolean);
  const cut: Piece[] = [];
  let at = 0;
  for (const token of text.split(/(?<=\s)/)) {
    const hit = typed
      .filter((part) => token.toLowerCase().startsWith(part))
      .sort((a, b) => b.length - a.length)[0];
    const length = hit?.length ?? 0;
    if (length > 0) cut.push({ at, part: token.slice(0, length), found: true });
    if (length < token.length) cut.push({ at: at + length, part: token.slice(length), found: false });
    at += token.length;
  }
  return cut;
}
