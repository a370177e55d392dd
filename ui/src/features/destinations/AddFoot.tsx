import { CircleCheck, LoaderCircle } from "lucide-react";
import { useState } from "react";

import { Button } from "../../components/ui/Button";
import { Field } from "../../components/ui/Field";
import { InlineError } from "../../components/ui/InlineError";
import { TextInput } from "../../components/ui/TextInput";
import type { PathText } from "../../ipc/bindings";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import { AdoptField } from "./AdoptField";
import { useAdd } from "./useDestinationChange";
import { useTrial } from "./useTrial";

interface Props {
  place: { path: PathText; name: string } | undefined;
  onDone: () => void;
}

/** How the trial went, the name, and the button. */
export function AddFoot({ place, onDone }: Props) {
  const trial = useTrial(place?.path);
  const [typed, setTyped] = useState<string>();
  const [adopt, setAdopt] = useState("");
  const add = useAdd();
  const words = messages.destinations.adding;
  const name = typed ?? (place?.name || trial.data?.name || "");
  const why = !place
    ? words.noneChosen
    : trial.isError
      ? words.failed
      : trial.isPending
        ? words.notTried
        : undefined;
  return (
    <form
      className="flex flex-col gap-3 border-t border-line px-6 py-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!place || why || add.isPending) return;
        add.mutate({ path: place.path, name: name.trim() || null, adopt: adopt || null }, { onSuccess: onDone });
      }}
    >
      {place && <Trial trial={trial} />}
      {place && trial.isSuccess && (
        <div className="max-w-80">
          <Field label={words.name} hint={words.nameHint}>
            {(control) => <TextInput {...control} value={name} onChange={({ target }) => setTyped(target.value)} />}
          </Field>
        </div>
      )}
      {trial.isSuccess && (
        <AdoptField holds={trial.data.holds} error={add.error} value={adopt} onChange={setAdopt} />
      )}
      <InlineError error={add.error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" busy={add.isPending} disabledReason={why}>
          {words.add}
        </Button>
        <Button variant="quiet" className={why ? "order-first" : ""} onClick={onDone}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}

function Trial({ trial }: { trial: ReturnType<typeof useTrial> }) {
  const words = messages.destinations;
  if (trial.isError) return <InlineError error={trial.error} />;
  const tried = trial.data;
  const Icon = tried ? CircleCheck : LoaderCircle;
  return (
    <p role="status" className="flex items-start gap-2 text-pretty">
      <Icon
        aria-hidden
        className={`mt-0.5 size-4 flex-none ${tried ? "" : "animate-spin motion-reduce:animate-none"}`}
        strokeWidth={1.75}
      />
      {tried
        ? [
            words.adding.works(bytes(tried.bytes_per_second)),
            words.adopting.holds[tried.holds],
            tried.off_disk === false && words.adding.sameDisk,
          ]
            .filter(Boolean)
            .join(" ")
        : words.adding.trying}
    </p>
  );
}
