import type { ReactNode } from "react";

interface Props {
  name: string;
  /** A sentence behind the control, or below it. */
  hint?: ReactNode;
  children: ReactNode;
}

/** One setting of a panel: its name, its control, and what it means. */
export function SettingRow({ name, hint, children }: Props) {
  return (
    <div className="grid min-h-11 items-center gap-x-2 gap-y-1 border-t border-line px-6 py-2 min-[640px]:grid-cols-[160px_minmax(0,1fr)]">
      <h3 className="self-start pt-1.5 text-13 text-text-3">{name}</h3>
      <div className="flex min-h-8 min-w-0 flex-wrap items-center gap-x-4 gap-y-2">
        {children}
        {hint && <p className="max-w-[72ch] text-13 text-pretty text-text-2">{hint}</p>}
      </div>
    </div>
  );
}
