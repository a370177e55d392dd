import { Link } from "@tanstack/react-router";

import { Tooltip } from "../components/ui/Tooltip";
import { count } from "../lib/format";
import { merge } from "../lib/merge";
import type { screens } from "./screens";

interface Props {
  screen: (typeof screens)[number];
  rail: boolean;
  /** How many there are; nothing while that is not known, or none. */
  number?: number | undefined;
}

/** One screen in the sidebar; in the rail its name is for readers, and in the tooltip. */
export function NavLink({ screen, rail, number }: Props) {
  const Icon = screen.icon;
  const link = (
    <Link
      to={screen.to}
      activeOptions={{ exact: screen.to === "/", includeSearch: false }}
      className={merge(
        "group flex h-8 items-center gap-2.5 rounded-control px-2 text-text-2 hover:bg-hover hover:text-text aria-[current]:bg-chosen aria-[current]:font-strong aria-[current]:text-text aria-[current]:shadow-1 aria-[current]:ring-1 aria-[current]:ring-line",
        rail && "h-9 w-10 justify-center px-0",
      )}
    >
      <Icon aria-hidden className="size-4 flex-none group-aria-[current]:text-accent-text" strokeWidth={1.75} />
      <span className={rail ? "sr-only" : ""}>{screen.label}</span>
      {number !== undefined && number > 0 && !rail && (
        <span className="ml-auto font-mono text-12 text-text-3">{count(number)}</span>
      )}
    </Link>
  );
  return rail ? <Tooltip label={screen.label}>{link}</Tooltip> : link;
}
