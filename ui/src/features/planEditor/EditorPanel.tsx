import { useId } from "react";
import type { ReactNode } from "react";

/** A titled part of the editor, with its own action. */
export function EditorPanel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-panel border border-line bg-surface">
      <header className="flex min-h-11 flex-wrap items-center gap-2 px-4 py-1.5">
        <h2 id={id} className="font-strong">
          {title}
        </h2>
        {aside && <div className="ml-auto text-13 text-text-2">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
