import type { ReactNode } from "react";

interface Props {
  title: string;
  hint?: string;
  children: ReactNode;
}

/** A titled part of a screen; its children bring their own padding. */
export function Panel({ title, hint, children }: Props) {
  return (
    <section className="rounded-panel border border-line bg-surface">
      <header className="flex min-h-11 flex-wrap items-baseline gap-x-4 px-6 pt-3.5 pb-2.5">
        <h2 className="font-strong">{title}</h2>
        {hint && <p className="text-13 text-text-2">{hint}</p>}
      </header>
      {children}
    </section>
  );
}
