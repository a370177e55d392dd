import { merge } from "../../lib/merge";

/** How much of a name's end always stays: an ending and a little of what stands before it. */
const tail = 9;

/** A name on one line, cut in the middle where it has no room, so that its ending stays. */
export function CutName({ name, className }: { name: string; className?: string }) {
  const letters = [...name];
  const short = letters.length <= tail * 2;
  return (
    <span title={short ? undefined : name} className={merge("flex min-w-0", className)}>
      <span className="line-clamp-1 whitespace-pre-wrap break-all">
        {short ? name : letters.slice(0, -tail).join("")}
      </span>
      {!short && <span className="flex-none whitespace-pre">{letters.slice(-tail).join("")}</span>}
    </span>
  );
}
