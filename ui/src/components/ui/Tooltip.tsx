import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** A label that appears beside what is pointed at or has the keyboard.
 *  It stays inside its landmark, where a screen reader looks for it. */
export function Tooltip({ label, detail, children }: { label: string; detail?: string; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Content
        side="right"
        sideOffset={6}
        className="z-20 flex gap-2 rounded-control bg-text px-2 py-1.5 text-12 font-medium whitespace-nowrap text-canvas shadow-2"
      >
        <span>{label}</span>
        {detail && <span className="opacity-90">{detail}</span>}
      </Radix.Content>
    </Radix.Root>
  );
}
