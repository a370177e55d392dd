import { merge } from "../../lib/merge";

/** How much of a path's end always stays in sight. */
const END = 20;

/** A path, cut in the middle where it does not fit: where it begins and what it leads to stay. The whole is its title. */
export function Path({ path, className }: { path: string; className?: string | undefined }) {
  const characters = [...path];
  // A long last name keeps its own end; a short one stays whole.
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const last = [...path.slice(slash < 0 ? 0 : slash)].length;
  const keep = Math.min(END, Math.max(last, 8), characters.length);
  const at = characters.length - keep;
  return (
    <span title={path} className={merge("inline-flex max-w-full min-w-0 font-mono text-13", className)}>
      <span className="line-clamp-1 whitespace-pre-wrap break-all">{characters.slice(0, at).join("")}</span>
      <span className="flex-none whitespace-pre">{characters.slice(at).join("")}</span>
    </span>
  );
}
