import { useMutation } from "@tanstack/react-query";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

/** The eight words, only while they are asked for: nothing keeps them once this leaves the screen. */
export function KitWords() {
  const ask = useMutation({ mutationFn: () => answer(commands.kitWords()), gcTime: 0 });
  const words = messages.security;
  const shown = ask.isSuccess;
  return (
    <>
      <Button variant="quiet" busy={ask.isPending} onClick={() => (shown ? ask.reset() : ask.mutate())}>
        {shown ? words.hide : words.show}
      </Button>
      <InlineError error={ask.error} className="order-1 basis-full" />
      {shown && (
        <ol aria-label={words.showing} className="order-1 grid basis-full grid-cols-2 gap-2 min-[900px]:grid-cols-4">
          {ask.data.map((word, index) => (
            <li
              // Two of the words may be the same; their places are not.
              // eslint-disable-next-line react/no-array-index-key
              key={index}
              className="flex items-baseline gap-2.5 rounded-control border border-line bg-sunken px-3 py-2 font-mono text-16 font-medium select-text"
            >
              <span aria-hidden className="w-3.5 text-right text-12 text-text-3">
                {index + 1}
              </span>
              {word}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
