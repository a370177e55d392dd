import type { WrongField } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import type { Draft } from "./draft";
import { shownOf } from "./draft";

const words = messages.remote;

/** How many settings are missing or wrong; those that are not asked, and so not marked, with what is wrong with them. */
export function WrongNote({ draft, wrong }: { draft: Draft | undefined; wrong: readonly WrongField[] }) {
  if (!draft || wrong.length === 0) return null;
  const shown = shownOf(draft);
  const marked = wrong.filter(({ field }) => shown.some(({ key }) => key === field));
  const others = wrong.filter((each) => !marked.includes(each));
  return (
    <div role="status">
      {marked.length > 0 && <p>{words.wrong(marked.length)}</p>}
      {others.map(({ field, label, message }) => (
        <p key={field}>{words.wrongOf(label, message)}</p>
      ))}
    </div>
  );
}
