import { messages } from "../../lib/messages";

/** The link that turns strips into tables and back. */
export function ShowTable({ shown, onToggle }: { shown: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={shown}
      onClick={onToggle}
      className="rounded-chip text-13 text-accent-text underline decoration-accent-line underline-offset-3 hover:decoration-current"
    >
      {messages.ui.strip.showTable}
    </button>
  );
}
