import { RefreshCw } from "lucide-react";

import { InlineError } from "../../components/ui/InlineError";
import { Skeleton } from "../../components/ui/Skeleton";
import type { Measured } from "../../ipc/bindings";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { EditorPanel } from "./EditorPanel";
import type { Match } from "./useMatch";

const words = messages.plans.editor;

interface Props {
  match: Match;
  /** Whether there is anything to count. */
  some: boolean;
  /** Whether one of the rules is refused; it is said there. */
  ruleRefused: boolean;
  /** Only the rules that are in the plan, not the one that is typed. */
  rules: readonly string[];
}

/** How much the plan would copy now. */
export function MatchPanel({ match, some, ruleRefused, rules }: Props) {
  return (
    <EditorPanel
      title={words.matches}
      aside={
        some &&
        !match.error && (
          <span className="flex items-center gap-1.5">
            <RefreshCw
              aria-hidden
              className={`size-3.5 ${match.counting ? "animate-spin motion-reduce:animate-none" : ""}`}
              strokeWidth={1.75}
            />
            {match.counting ? words.counting : words.live}
          </span>
        )
      }
    >
      <div aria-live="polite" className="px-4 pb-3.5">
        {!some ? (
          <p className="text-text-2">{words.nothing}</p>
        ) : ruleRefused ? (
          <p className="text-text-2">{words.notCounted}</p>
        ) : match.now ? (
          <Amounts now={match.now} rules={rules} />
        ) : match.error ? (
          <InlineError error={match.error} />
        ) : (
          <Skeleton label={words.counting} className="my-2 h-6 w-40" />
        )}
      </div>
    </EditorPanel>
  );
}

function Amounts({ now, rules }: { now: Measured; rules: readonly string[] }) {
  const left = now.left_out
    .filter(({ pattern }) => rules.includes(pattern))
    .reduce((sum, { files, bytes: size }) => ({ files: sum.files + files, bytes: sum.bytes + size }), { files: 0, bytes: 0 });
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-mono text-28 font-strong tracking-[-0.02em]">{count(now.files)}</span>
        <span className="text-text-2">{words.matchFiles(now.files, bytes(now.bytes))}</span>
      </p>
      {left.files > 0 && (
        <>
          <span role="img" aria-label={words.bar(bytes(now.bytes), bytes(left.bytes))} className="mt-2.5 mb-2 flex h-3 gap-0.5">
            <span className="min-w-1 rounded-[2px] bg-chart-1" style={{ flexGrow: now.bytes, flexBasis: 0 }} />
            <span
              className="min-w-1 rounded-[2px] border border-line-strong bg-[repeating-linear-gradient(135deg,var(--color-line-strong)_0_3px,transparent_3px_6px)]"
              style={{ flexGrow: left.bytes, flexBasis: 0 }}
            />
          </span>
          <p className="flex flex-wrap justify-between gap-x-4 text-13 text-text-2">
            <span>{words.left}</span>
            <span className="font-mono">{words.leftAmount(left.files, count(left.files), bytes(left.bytes))}</span>
          </p>
        </>
      )}
      {now.unreadable > 0 && <p className="pt-2 text-13">{words.unreadable(now.unreadable)}</p>}
    </>
  );
}
