import type { ReactNode } from "react";

import { Keep } from "../../components/ui/Keep";
import { Skeleton } from "../../components/ui/Skeleton";
import { Tooltip } from "../../components/ui/Tooltip";
import { merge } from "../../lib/merge";
import { messages } from "../../lib/messages";
import { useVerdict } from "../../lib/questions/useVerdict";
import { tones } from "../../lib/tone";

interface Props {
  rail: boolean;
  /** Makes a link of the pill. */
  link?: (pill: ReactNode) => ReactNode;
}

/** The verdict in the sidebar; in the rail its words are for readers, and in the tooltip.
 *  Until it is read, and when it cannot be, it is plain: no colour from what is not known. */
export function VerdictPill({ rail, link = (pill) => pill }: Props) {
  const verdict = useVerdict();
  const known = verdict.isError ? undefined : verdict.data;
  const { word, line } = known ?? (verdict.isError ? messages.overview.unknown : { word: "", line: "" });
  const tone = known && tones[known.state];
  const pill = (
    <span
      className={merge(
        "flex items-center rounded-panel border border-line-strong bg-surface",
        rail ? "size-10 justify-center" : "min-h-12 gap-2.5 px-2.5 py-[7px]",
        !rail && tone?.ground,
      )}
    >
      {/* In the rail the shape says it, in the colour of text. */}
      <Keep shape={known?.state ?? "mark"} className={merge("size-5", !rail && tone?.ink, !known && "text-text-3")} />
      <span role={word ? "status" : undefined} className={rail ? "sr-only" : "min-w-0"}>
        <b className={merge("block leading-[18px] font-strong", tone?.ink)}>
          {word || <Skeleton label={messages.overview.reading} className="w-28" />}
        </b>
        <small className="line-clamp-2 text-12 break-words text-text-2">{line}</small>
      </span>
    </span>
  );
  if (!rail) return link(pill);
  return (
    <Tooltip label={word || messages.overview.reading} detail={line}>
      {link(pill)}
    </Tooltip>
  );
}
