import type { ReactNode } from "react";

import { merge } from "../../lib/merge";

interface Props {
  title: string;
  why: string;
  action: ReactNode;
  /** A glyph above the title. */
  art?: ReactNode;
  /** `h1` where it is the whole screen, `h2` below a title. */
  level?: "h1" | "h2";
}

/** A screen without content: why it is worth it, and one action. */
export function EmptyState({ title, why, action, art, level: Heading = "h1" }: Props) {
  return (
    <div className={merge("grid grow place-items-center py-10", Heading === "h1" && "min-h-full px-8")}>
      <div className="flex max-w-[480px] flex-col items-center gap-2 pb-10 text-center">
        {art && <div className="pb-2 text-text-3">{art}</div>}
        <Heading className="text-20 font-strong tracking-[-0.012em]">{title}</Heading>
        <p className="pb-4 text-text-2 text-pretty">{why}</p>
        {action}
      </div>
    </div>
  );
}
