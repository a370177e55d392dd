import { Keep } from "../../components/ui/Keep";
import { messages } from "../../lib/messages";
import { merge } from "../../lib/merge";

/** The verdict in the sidebar; in the rail its words are for readers, and in the tooltip. */
export function VerdictPill({ rail }: { rail: boolean }) {
  const { word, proof } = messages.overview.verdict;
  return (
    <span
      className={merge(
        "flex items-center rounded-panel border border-line-strong bg-surface",
        rail ? "size-10 justify-center" : "gap-2.5 px-2.5 py-[7px]",
      )}
    >
      <Keep shape="mark" className="size-5 flex-none" />
      <span className={rail ? "sr-only" : "min-w-0"}>
        <b className="block leading-[18px] font-strong">{word}</b>
        <small className="block text-12 text-text-2">{proof}</small>
      </span>
    </span>
  );
}
