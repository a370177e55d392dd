import { Keep } from "../../components/ui/Keep";
import { messages } from "../../lib/messages";

export function VerdictPill() {
  return (
    <div className="flex items-center gap-2.5 rounded-panel border border-line-strong bg-surface px-2.5 py-[7px]">
      <Keep shape="notSetUp" className="size-5 flex-none" />
      <span className="min-w-0">
        <b className="block leading-[18px] font-strong">{messages.verdict.word}</b>
        <small className="block text-12 text-text-2">{messages.verdict.proof}</small>
      </span>
    </div>
  );
}
