import { ChevronRight } from "lucide-react";
import { Fragment } from "react";

import { messages } from "../../lib/messages";

interface Props {
  /** From the top to here; the last one is where one is. */
  trail: readonly { key: string; label: string; onGo: () => void }[];
  label?: string;
}

/** The way from the top to here. */
export function Crumbs({ trail, label = messages.ui.trail }: Props) {
  return (
    <nav aria-label={label} className="min-w-0">
      <ol className="flex flex-wrap items-center gap-0.5 text-13">
        {trail.map((step, index) => {
          const here = index === trail.length - 1;
          return (
            <Fragment key={step.key}>
              {index > 0 && (
                <li aria-hidden>
                  <ChevronRight className="size-3.5 text-text-3" strokeWidth={1.75} />
                </li>
              )}
              <li className="min-w-0">
                <button
                  type="button"
                  aria-current={here ? "location" : undefined}
                  onClick={step.onGo}
                  title={step.label}
                  className="flex h-7 max-w-60 items-center rounded-control px-1.5 text-left text-text-2 hover:bg-hover hover:text-text aria-[current]:font-strong aria-[current]:text-text"
                >
                  <span className="line-clamp-1 break-all">{step.label}</span>
                </button>
              </li>
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}
