import type { ReactNode } from "react";

/** The title of a dialog as it is seen, and what it is about. Readers have heard the title already. */
export function DialogHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="flex-none border-b border-line px-6 pt-4 pb-3">
      <h2 aria-hidden className="text-16 font-strong wrap-anywhere">
        {title}
      </h2>
      {children && <p className="max-w-[72ch] text-13 text-pretty text-text-2">{children}</p>}
    </header>
  );
}
