import { messages } from "../../lib/messages";
import { useVerdict } from "../../lib/questions/useVerdict";

/** What to know although it changes nothing, and what the verdict does not go by yet. */
export function QuietNotes() {
  const verdict = useVerdict();
  if (verdict.isError || !verdict.data) return null;
  const { notes, left_out } = verdict.data;
  const words = messages.overview.quiet;
  if (notes.length + left_out.length === 0) return null;
  return (
    <section className="grid gap-x-8 gap-y-3 px-4 text-13 text-text-2 min-[900px]:grid-cols-2">
      <List title={words.title} lines={notes} />
      <List title={words.leftOut} lines={left_out} />
    </section>
  );
}

function List({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <div>
      <h2 className="text-12 font-medium text-text-3">{title}</h2>
      <ul>
        {lines.map((line) => (
          <li key={line} className="text-pretty wrap-anywhere">
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}
