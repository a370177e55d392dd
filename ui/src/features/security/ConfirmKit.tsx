import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { messages } from "../../lib/messages";
import { TwoWords } from "./TwoWords";
import { useConfirmKit, useKitQuestions } from "./useConfirmKit";

/** Two words from the paper, asked for in place. */
export function ConfirmKit({ primary, onAsking }: { primary: boolean; onAsking: (asking: boolean) => void }) {
  const questions = useKitQuestions();
  const confirm = useConfirmKit();
  const words = messages.security;
  if (confirm.isSuccess) {
    return (
      <p role="status" className="order-1 basis-full">
        {words.confirmedNow}
      </p>
    );
  }
  if (!questions.isSuccess) {
    return (
      <>
        <Button
          {...(primary && { variant: "primary" as const })}
          busy={questions.isPending}
          onClick={() => questions.mutate(undefined, { onSuccess: () => onAsking(true) })}
        >
          {words.confirm}
        </Button>
        <InlineError error={questions.error} className="order-1 basis-full" />
      </>
    );
  }
  return (
    <TwoWords
      places={questions.data}
      busy={confirm.isPending}
      error={confirm.error}
      onTyped={confirm.reset}
      onConfirm={(answers) => confirm.mutate(answers, { onSuccess: () => onAsking(false) })}
      onCancel={() => {
        onAsking(false);
        questions.reset();
        confirm.reset();
      }}
    />
  );
}
