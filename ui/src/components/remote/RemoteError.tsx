import { Button } from "../ui/Button";
import { InlineError } from "../ui/InlineError";
import type { Remedy } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";
import type { Draft } from "./draft";
import { shownOf } from "./draft";

const words = messages.remote.remedies;

interface Props {
  draft: Draft | undefined;
  error: unknown;
  /** Takes over what the destination showed, and tries again. */
  onMend: (remedy: Remedy) => void;
}

/** Why it could not be reached; with the button that takes over what it showed, where a person believes that. */
export function RemoteError({ draft, error, onMend }: Props) {
  if (error === null || error === undefined) return null;
  const { code, remedy } = refusal(error);
  // Where the setting is not asked, what it held would not be sent.
  const mends = draft && remedy && shownOf(draft).some(({ key }) => key === remedy.field);
  return (
    <InlineError
      error={error}
      action={
        mends && (
          <Button onClick={() => onMend(remedy)}>
            {code === "untrusted" ? words.trust : words.use(remedy.label, remedy.value)}
          </Button>
        )
      }
    />
  );
}
