import { Gauge } from "lucide-react";
import { Popover } from "radix-ui";

import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { Skeleton } from "../../components/ui/Skeleton";
import type { RunLimits } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { said } from "./amount";
import { LimitRows } from "./LimitRows";
import { useLimits } from "./useLimits";

const words = messages.limits;

interface Props {
  /** Which of the two ways the run goes. */
  way: "upload_kib" | "download_kib";
}

/** The limits where something is under way, behind a button that says which one counts most there. */
export function LimitsButton({ way }: Props) {
  const limits = useLimits();
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button>
          <Gauge aria-hidden className="size-4" strokeWidth={1.75} />
          {limits.data ? summary(limits.data, way) : words.title}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={words.title}
          className="z-30 w-96 max-w-[calc(100vw-16px)] rounded-panel border border-line-strong bg-raised pt-3 pb-1 shadow-3 outline-none"
        >
          <p className="px-4 pb-2 text-13 text-pretty text-text-2">{words.hint}</p>
          {limits.isError && (
            <div className="px-4 pb-3">
              <AskError query={limits} />
            </div>
          )}
          {limits.isPending && <Skeleton label={words.reading} className="mx-4 mb-3 h-24" />}
          {limits.data && (
            <LimitRows
              limits={limits.data}
              row={(name, control, hint) => (
                <div key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-1.5">
                  <h2 className="w-24 flex-none text-13 text-text-3">{name}</h2>
                  <div className="flex min-h-8 min-w-0 flex-1 flex-wrap items-center gap-y-1">{control}</div>
                  {hint && <p className="basis-full text-12 text-pretty text-text-2">{hint}</p>}
                </div>
              )}
            />
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function summary(limits: RunLimits, way: Props["way"]): string {
  const rate = limits[way];
  if (rate !== null) return words.atMost(said(rate));
  return limits.cpu_percent === null ? words.title : words.cpuAtMost(limits.cpu_percent);
}
