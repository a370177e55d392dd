import { Button } from "../../../components/ui/Button";
import { InlineError } from "../../../components/ui/InlineError";
import type { Remedy } from "../../../ipc/bindings";
import { messages } from "../../../lib/messages";
import { refusal } from "../../../lib/refusal";

const words = messages.remote.remedies;

interface Props {
  error: unknown;
  /** Takes over what the destination showed, and tries again. */
  onMend: (remedy: Remedy) => void;
}

/** Why it could not be reached; with the button that takes over what it showed, where a person believes that. */
export function RemoteError({ error, onMend }: Props) {
  if (error === null || error === undefined) return null;
  const { code, remedy } = refusal(error);
  return (
    <InlineError
      error={error}
      action={
        remedy && (
          <Button onClick={() => onMend(remedy)}>
            {code === "untrusted" ? words.trust : words.use(remedy.label, remedy.value)}
          </Button>
        )
      }
    />
  );
}
