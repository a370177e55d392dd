import type { DestinationKind } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { remoteIcon } from "./remoteIcon";

interface Props {
  kinds: readonly DestinationKind[];
  chosen: string | undefined;
  onChoose: (kind: DestinationKind) => void;
}

/** How a destination is reached: one row a kind. */
export function KindList({ kinds, chosen, onChoose }: Props) {
  return (
    <fieldset>
      <legend className="sr-only">{messages.remote.kinds}</legend>
      {kinds.map((kind) => {
        const Icon = remoteIcon(kind.icon);
        return (
          <label
            key={kind.id}
            className="grid min-h-14 grid-cols-[16px_20px_minmax(0,1fr)] items-center gap-3 border-b border-line px-6 py-2 last:border-b-0 hover:bg-hover has-checked:bg-selected has-checked:shadow-[inset_2px_0_var(--color-accent)] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name="kind"
              className="size-4 accent-accent outline-none"
              checked={chosen === kind.id}
              onChange={() => onChoose(kind)}
            />
            <Icon aria-hidden className="size-5 text-text-3" strokeWidth={1.75} />
            <span className="min-w-0">
              <span className="block font-medium">{kind.label}</span>
              <span className="block text-12 text-pretty text-text-2">{kind.about}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
