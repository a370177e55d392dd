import type { ReactNode } from "react";

import { messages } from "../../lib/messages";

interface Props {
  children: ReactNode;
  /** Verb, such as Undo. */
  action?: { label: string; onPress: () => void } | undefined;
  onDismiss: () => void;
}

/** Says at the foot of the screen what was done, and offers to undo it. It stays until it is dismissed or replaced. */
export function Toast({ children, action, onDismiss }: Props) {
  const button = "min-h-8 rounded-control px-2.5 font-strong focus-visible:outline-canvas";
  return (
    <div
      role="status"
      className="fixed bottom-14 left-1/2 z-30 flex min-h-10 max-w-[calc(100vw-32px)] -translate-x-1/2 items-center gap-2 rounded-panel bg-text py-1 pr-1 pl-4 text-canvas shadow-2"
    >
      <span className="min-w-0 wrap-anywhere">{children}</span>
      {action && (
        <button type="button" className={button} onClick={action.onPress}>
          {action.label}
        </button>
      )}
      <button type="button" className={button} onClick={onDismiss}>
        {messages.ui.dismiss}
      </button>
    </div>
  );
}
