import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { messages } from "../../lib/messages";

interface Props {
  level: "h1" | "h2";
  title: string;
  detail?: string;
  happened: string;
  means: string;
  todo: string;
  action: ReactNode;
}

/** What happened, what it means for protection, what to do. Ink, not red: red says protection. */
export function ErrorState({ level: Heading, title, detail, happened, means, todo, action }: Props) {
  const words = messages.frame.facts;
  const facts: [string, string][] = [
    [words.happened, happened],
    [words.means, means],
    [words.todo, todo],
  ];
  return (
    <section role="alert" className="rounded-verdict border border-line-strong bg-surface">
      <header className="flex items-center gap-4 border-b border-line-strong px-6 py-4">
        <CircleAlert aria-hidden className="size-7 flex-none" strokeWidth={1.75} />
        <div>
          <Heading className="text-20 font-strong tracking-[-0.012em]">{title}</Heading>
          {detail && <p className="text-text-2">{detail}</p>}
        </div>
      </header>
      <dl className="px-6 pt-2">
        {facts.map(([name, text], index) => (
          <div
            key={name}
            className={`grid gap-x-2 py-4 min-[640px]:grid-cols-[160px_minmax(0,1fr)] ${index > 0 ? "border-t border-line" : ""}`}
          >
            <dt className="text-13 text-text-3">{name}</dt>
            <dd className="max-w-[72ch] text-pretty">{text}</dd>
          </div>
        ))}
      </dl>
      <div className="px-6 pb-6 min-[640px]:pl-[192px]">{action}</div>
    </section>
  );
}
