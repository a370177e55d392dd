/** The last part of a path; the root is its own name. */
export function folderName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

/** Names as a sentence has them: Documents, Desktop and Pictures. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat(undefined, { type: "conjunction" }).format(names);
}
