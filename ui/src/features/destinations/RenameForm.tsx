import { useState } from "react";

import { Button } from "../../components/ui/Button";
import { Field } from "../../components/ui/Field";
import { TextInput } from "../../components/ui/TextInput";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";
import { useRename } from "./useDestinationChange";

/** Its name, in the place of its name. Escape leaves it as it was. */
export function RenameForm({ of, onDone }: { of: DestinationEntry; onDone: () => void }) {
  const [name, setName] = useState(of.name);
  const [missing, setMissing] = useState(false);
  const rename = useRename();
  const words = messages.destinations.rename;
  const refused = rename.isError ? [refusal(rename.error).message, refusal(rename.error).hint].join(" ") : undefined;
  return (
    <form
      className="pb-2"
      onKeyDown={(event) => event.key === "Escape" && onDone()}
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(name.trim() === "");
        if (name.trim() !== "") rename.mutate({ id: of.id, name: name.trim() }, { onSuccess: onDone });
      }}
    >
      <Field label={words.field} invalid={missing ? words.empty : refused}>
        {(control) => (
          <span className="flex flex-wrap gap-2">
            <TextInput
              {...control}
              autoFocus
              className="w-60 grow"
              value={name}
              onChange={({ target }) => {
                setName(target.value);
                setMissing(false);
                rename.reset();
              }}
            />
            <Button type="submit" busy={rename.isPending}>
              {words.save}
            </Button>
            <Button variant="quiet" onClick={onDone}>
              {words.cancel}
            </Button>
          </span>
        )}
      </Field>
    </form>
  );
}
