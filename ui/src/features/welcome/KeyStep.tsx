import { KeyRound } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";
import { Back } from "./Foot";
import { KeyWords } from "./KeyWords";
import { KitFile } from "./KitFile";
import { NotRead } from "./NotRead";
import { StepPage, Sum } from "./StepPage";
import type { useBegin } from "./useBegin";
import type { useNewKit } from "./useNewKit";
import type { Places, useSaveKit } from "./useSaveKit";
import { WordField } from "./WordField";

const words = messages.welcome.key;

interface Props {
  kit: ReturnType<typeof useNewKit>;
  save: ReturnType<typeof useSaveKit>;
  begin: ReturnType<typeof useBegin>["begin"];
  places: Places;
  /** What was typed, by position. */
  typed: ReadonlyMap<number, string>;
  onType: (position: number, word: string) => void;
  onBack: () => void;
  onStart: (answers: { position: number; word: string }[]) => void;
}

/** The third step: the words, on paper, and two of them back. */
export function KeyStep({ kit, save, begin, places, typed, onType, onBack, onStart }: Props) {
  const answers = (kit.data?.questions ?? []).map((position) => {
    const word = typed.get(position) ?? "";
    return { position, word, right: word.trim().toLowerCase() === kit.data?.words[position] };
  });
  const ready = answers.length > 0 && answers.every(({ right }) => right);
  const refused = begin.error ? refusal(begin.error) : undefined;
  const wordRefused = refused?.code === "wrong_kit_word";
  return (
    <StepPage
      title={words.title}
      why={words.why}
      onNext={() => {
        if (ready && !begin.isPending) onStart(answers.map(({ position, word }) => ({ position, word: word.trim() })));
      }}
      foot={
        <>
          <Back onBack={onBack} />
          <Sum head={words.summary(places.places.length + places.remotes.length)} detail={words.startsNow} />
          <span className="ml-auto flex flex-row-reverse flex-wrap items-center justify-end gap-x-3">
            <Button
              type="submit"
              variant={ready ? "primary" : "secondary"}
              size="tall"
              busy={begin.isPending || begin.isSuccess}
              disabledReason={!ready && words.typeBoth}
            >
              {words.start}
            </Button>
          </span>
        </>
      }
    >
      {kit.isError ? (
        <NotRead title={words.failedTitle} means={words.failedMeans} of={kit} />
      ) : (
        <>
          <KeyWords words={kit.data?.words} />
          <KitFile save={save} places={places} />
          <section className="rounded-panel border border-line bg-surface p-4">
            <h3 className="font-strong">{words.twoTitle}</h3>
            <p className="pb-3 text-13 text-text-2">{words.twoWhy}</p>
            <div className="grid items-start gap-4 min-[640px]:grid-cols-2">
              {answers.map(({ position, word, right }, index) => (
                <WordField
                  key={position}
                  number={position + 1}
                  value={word}
                  right={right}
                  refused={wordRefused && index === 0 ? `${refused.message} ${refused.hint}` : undefined}
                  onChange={(typedWord) => onType(position, typedWord)}
                />
              ))}
            </div>
          </section>
          <p className="flex items-start gap-2 text-13 text-text-2">
            <KeyRound aria-hidden className="mt-0.5 size-4 flex-none" strokeWidth={1.75} />
            {words.keychain}
          </p>
        </>
      )}
      {!wordRefused && <InlineError error={begin.error} />}
    </StepPage>
  );
}
