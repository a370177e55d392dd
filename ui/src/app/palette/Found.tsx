import { pieces } from "./pieces";

/** The text with what was typed underlined in it. */
export function Found({ text, query }: { text: string; query: string }) {
  return pieces(text, query).map(({ at, part, found }) =>
    found ? (
      <mark
        key={at}
        className="bg-transparent font-strong text-inherit underline decoration-accent decoration-2 underline-offset-3"
      >
        {part}
      </mark>
    ) : (
      part
    ),
  );
}
