import { Button } from "../../components/ui/Button";
import { Notice } from "../../components/ui/Notice";
import { messages } from "../../lib/messages";
import { StepPage } from "./StepPage";

const words = messages.welcome.begun;

/** It has begun, and something about it should be known. */
export function BegunStep({ notes, onOpen }: { notes: readonly string[]; onOpen: () => void }) {
  return (
    <StepPage
      title={words.title}
      why={words.why(notes.length)}
      onNext={onOpen}
      foot={
        <Button type="submit" variant="primary" size="tall" className="ml-auto">
          {words.open}
        </Button>
      }
    >
      {notes.map((note) => (
        <Notice key={note}>{note}</Notice>
      ))}
    </StepPage>
  );
}
