import { CircleAlert } from "lucide-react";
import { useId } from "react";
import type { RefObject } from "react";

import { Button } from "../ui/Button";
import { TextInput } from "../ui/TextInput";
import type { Refusal } from "../../lib/refusal";
import { messages } from "../../lib/messages";

const words = messages.folders;

interface Props {
  value: string;
  /** Why what was asked for is not open. */
  refusal: Refusal | undefined;
  busy: boolean;
  field: RefObject<HTMLInputElement | null>;
  onChange: (value: string) => void;
  onGo: () => void;
}

/** The path of the open folder, or one that is typed; the program says what it makes of it. */
export function PathField({ value, refusal, busy, field, onChange, onGo }: Props) {
  const id = useId();
  return (
    <form
      className="px-6 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onGo();
      }}
    >
      <div className="flex gap-2">
        <TextInput
          ref={field}
          mono
          aria-label={words.path}
          aria-invalid={refusal !== undefined}
          aria-describedby={refusal === undefined ? undefined : id}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
        <Button type="submit" busy={busy}>
          {words.go}
        </Button>
      </div>
      {refusal !== undefined && (
        <p id={id} role="alert" className="flex items-start gap-1.5 pt-1.5 text-13 text-pretty wrap-anywhere">
          <CircleAlert aria-hidden className="mt-0.5 size-4 flex-none" strokeWidth={1.75} />
          {refusal.message} {refusal.hint}
        </p>
      )}
    </form>
  );
}
