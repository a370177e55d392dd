import type { Depth } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { amountOf } from "./words";

interface Props {
  depth: Depth;
  /** Bytes that backups take there; `null` while that is not known. */
  stored: number | null;
  chosen: boolean;
  onChoose: () => void;
}

/** How much a verification reads: what that proves, and about how much it is. */
export function DepthRow({ depth, stored, chosen, onChoose }: Props) {
  const { name, proves } = messages.upkeep.verify.depths[depth];
  return (
    <label className="grid min-h-14 grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-3 border-b border-line px-6 py-2 last:border-b-0 hover:bg-hover has-checked:bg-selected has-checked:shadow-[inset_2px_0_var(--color-accent)] has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus">
      <input
        type="radio"
        name="depth"
        className="size-4 accent-accent outline-none"
        checked={chosen}
        onChange={onChoose}
      />
      <span className="min-w-0">
        <span className="block font-medium">{name}</span>
        <span className="block text-13 text-pretty text-text-2">{proves}</span>
      </span>
      <span className="text-right text-13 whitespace-nowrap text-text-2">{amountOf(depth, stored)}</span>
    </label>
  );
}
