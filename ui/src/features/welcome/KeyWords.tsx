import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";

const places = Array.from({ length: 8 }, (_, index) => index);

/** The eight words, numbered as on the kit; empty places until they are made. */
export function KeyWords({ words }: { words: readonly string[] | undefined }) {
  return (
    <ol aria-label={messages.welcome.key.words} className="grid grid-cols-2 gap-2 min-[640px]:grid-cols-4">
      {places.map((index) => (
        <li
          key={index}
          className="flex h-[42px] items-center gap-2.5 rounded-control border border-line bg-sunken px-3 font-mono text-16 font-medium select-text"
        >
          <span aria-hidden className="w-3.5 flex-none text-right text-12 font-normal text-text-3 select-none">
            {index + 1}
          </span>
          {words?.[index] ?? <Skeleton label={messages.welcome.key.reading} className="w-20" />}
        </li>
      ))}
    </ol>
  );
}
