import { Dialog as Radix } from "radix-ui";
import { useRef } from "react";
import type { ReactNode, RefObject } from "react";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: string;
  /** Where the keyboard goes instead of back, when something is set there by the time it closes. */
  focusNext?: RefObject<HTMLElement | null>;
  children: ReactNode;
}

/** A dialog near the top of the window. Escape closes it and focus goes back to where it was.
 *  The ground is a plain element: Radix's own brings a style sheet that the window's policy refuses. */
export function Dialog({ open, onOpenChange, title, description, focusNext, children }: Props) {
  const before = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <div className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            const next = focusNext?.current ?? before.current;
            if (next instanceof HTMLElement) next.focus();
          }}
          className="fixed top-[min(96px,12vh)] left-1/2 z-40 flex max-h-[76vh] w-[min(640px,calc(100vw-32px))] -translate-x-1/2 flex-col overflow-hidden rounded-verdict border border-line-strong bg-raised shadow-3 outline-none"
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          <Radix.Description className="sr-only">{description}</Radix.Description>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
