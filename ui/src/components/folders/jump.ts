/** Where typing leads in a list of names: to the next that begins with it, the marked one included
 *  once more than a letter was typed. One letter again and again walks through its names. */
export function jump(names: readonly string[], typed: string, marked: number): number {
  const same = typed.length > 1 && [...typed].every((letter) => letter === typed[0]);
  const wanted = (same ? typed.slice(0, 1) : typed).toLocaleLowerCase();
  const from = wanted.length > 1 ? Math.max(marked, 0) : marked + 1;
  for (let step = 0; step < names.length; step += 1) {
    const at = (from + step) % names.length;
    if (names[at]?.toLocaleLowerCase().startsWith(wanted)) return at;
  }
  return marked;
}
