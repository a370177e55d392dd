import type { ReactNode } from "react";

/** A screen without content: why, and one action. */
export function EmptyState({ title, why, action }: { title: string; why: string; action: ReactNode }) {
  return (
    <div className="grid min-h-full place-items-center px-8 py-10">
      <div className="flex max-w-[480px] flex-col items-center gap-2 pb-10 text-center">
        <h1 className="text-20 font-strong tracking-[-0.012em]">{title}</h1>
        <p className="pb-4 text-text-2 text-pretty">{why}</p>
        {action}
      </div>
    </div>
  );
}
