import { Quote } from "lucide-react";
import type { ReactNode } from "react";

import { folderName } from "../../components/folders/folderNames";
import type { PlanDraft } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

const words = messages.plans.editor;
const said = words.sentence;
/** More names than this are counted. */
const named = 5;

export type Part = "what" | "where";

interface Props {
  draft: PlanDraft;
  nameOf: (destination: string) => string;
  onOpen: (part: Part) => void;
}

/** The plan as a sentence, made from the draft; each part of it opens its tab. */
export function PlanSentence({ draft, nameOf, onOpen }: Props) {
  const { sources, excludes, destinations } = draft;
  const what = (text: string) => <Opens onOpen={() => onOpen("what")}>{text}</Opens>;
  const where = (text: string) => <Opens onOpen={() => onOpen("where")}>{text}</Opens>;
  return (
    <section
      aria-label={words.words}
      className="grid grid-cols-[20px_minmax(0,1fr)] gap-3 rounded-panel border border-line bg-surface px-4 py-3.5"
    >
      <Quote aria-hidden className="mt-0.5 size-5" strokeWidth={1.75} />
      <p className="text-16 leading-[26px] wrap-anywhere">
        {said.copies}
        <Names names={sources.map(({ path }) => folderName(path))} none={said.noFolder} part={what} />
        {excludes.length > 0 && (
          <>
            {said.without}
            {what(said.kinds(excludes.length))}
          </>
        )}
        {said.to}
        <Names names={destinations.map(nameOf)} none={said.noDestination} part={where} />
        {said.end}
      </p>
    </section>
  );
}

/** Names as a sentence has them, each of them a way to its tab. */
function Names({ names, none, part }: { names: string[]; none: string; part: (text: string) => ReactNode }) {
  if (names.length === 0) return part(none);
  const rest = names.length - named;
  const shown = rest > 0 ? [...names.slice(0, named), messages.plans.others(rest)] : names;
  const pieces = new Intl.ListFormat(undefined, { type: "conjunction" }).formatToParts(shown);
  return pieces.map(({ type, value }, index) => (
    // The same name may stand twice; its place tells them apart.
    // eslint-disable-next-line react/no-array-index-key
    <span key={index}>{type === "element" ? part(value) : value}</span>
  ));
}

function Opens({ onOpen, children }: { onOpen: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onOpen}
      className="inline rounded-chip text-left font-medium text-accent-text underline decoration-accent-line decoration-2 underline-offset-4 hover:decoration-current"
    >
      {children}
    </button>
  );
}
