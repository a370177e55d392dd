import type { ReactNode } from "react";

/** The name of a key. */
export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="flex-none rounded-chip border border-line-strong bg-surface px-[5px] font-sans text-11 font-medium text-text-3">
      {children}
    </kbd>
  );
}
