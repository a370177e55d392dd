import type { ReactNode } from "react";

interface Props {
  title: string;
  /** Beside the title: how many there are, and what is so with them. */
  sub?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A screen of panels: its title, its actions, and what it shows, on the common left edge. */
export function Screen({ title, sub, actions, children }: Props) {
  return (
    <div className="flex min-h-full max-w-[1264px] flex-col gap-4 px-8 pt-5 pb-8">
      <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-20 font-strong tracking-[-0.012em]">{title}</h1>
        {sub && <p className="text-text-2">{sub}</p>}
        {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
