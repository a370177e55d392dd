import { Keep } from "../../components/ui/Keep";
import { messages } from "../../lib/messages";

export function VerdictPanel() {
  return (
    <section className="grid grid-cols-[72px_minmax(0,1fr)] items-center gap-6 rounded-verdict border border-line-strong bg-surface px-6 py-5">
      <Keep shape="mark" className="size-[72px]" />
      <div>
        <h1 className="text-28 font-strong tracking-[-0.02em]">{messages.overview.verdict.word}</h1>
        <p className="mt-1 max-w-[60ch] text-16 text-pretty">{messages.overview.verdict.why}</p>
      </div>
    </section>
  );
}
