import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";

import { Button } from "../../components/ui/Button";
import { Field } from "../../components/ui/Field";
import { InlineError } from "../../components/ui/InlineError";
import { TextInput } from "../../components/ui/TextInput";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";
import { useUnlock } from "./useUnlock";

/** The eight words in place of the keychain. They are hidden unless they are asked for. */
export function UnlockForm() {
  const [typed, setTyped] = useState("");
  const [shown, setShown] = useState(false);
  const [missing, setMissing] = useState(false);
  const unlock = useUnlock();
  const words = messages.gate.locked;
  const Eyes = shown ? EyeOff : Eye;
  const toggle = shown ? words.hide : words.show;
  const wrong = unlock.isError && refusal(unlock.error).code === "wrong_passphrase";
  const said = wrong ? [refusal(unlock.error).message, refusal(unlock.error).hint].join(" ") : undefined;
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(typed.trim() === "");
        if (typed.trim() !== "" && !unlock.isPending) unlock.mutate(typed.trim());
      }}
    >
      <Field label={words.field} hint={words.example} invalid={missing ? words.empty : said}>
        {(control) => (
          <span className="flex gap-2">
            <TextInput
              {...control}
              type={shown ? "text" : "password"}
              name="recovery-words"
              mono
              tall
              autoFocus
              value={typed}
              onChange={({ target }) => {
                setTyped(target.value);
                setMissing(false);
                unlock.reset();
              }}
            />
            <Button aria-label={toggle} title={toggle} className="h-10 w-10 px-0" onClick={() => setShown(!shown)}>
              <Eyes aria-hidden className="size-4" strokeWidth={1.75} />
            </Button>
          </span>
        )}
      </Field>
      {!wrong && <InlineError error={unlock.error} />}
      <div>
        <Button type="submit" variant="primary" size="tall" busy={unlock.isPending}>
          {words.unlock}
        </Button>
      </div>
    </form>
  );
}
