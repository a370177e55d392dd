import type { ReactNode } from "react";

import { InlineError } from "../../components/ui/InlineError";
import { Switch } from "../../components/ui/Switch";
import type { RunLimits } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { CpuChoice } from "./CpuChoice";
import { RateField } from "./RateField";
import { useSetLimits } from "./useLimits";

const words = messages.limits;

interface Props {
  limits: RunLimits;
  /** Lays one of them out: its name, its control, and what it means. */
  row: (name: string, control: ReactNode, hint?: string) => ReactNode;
}

/** Every limit with its control. What is chosen counts at once. */
export function LimitRows({ limits, row }: Props) {
  const set = useSetLimits(limits);
  return (
    <>
      {row(
        words.upload,
        <RateField name={words.upload} kib={limits.upload_kib} onChange={(upload_kib) => set.mutate({ upload_kib })} />,
      )}
      {row(
        words.download,
        <RateField name={words.download} kib={limits.download_kib} onChange={(download_kib) => set.mutate({ download_kib })} />,
      )}
      {row(
        words.cpu,
        <CpuChoice percent={limits.cpu_percent} onChange={(cpu_percent) => set.mutate({ cpu_percent })} />,
        words.cpuHint,
      )}
      {row(
        words.background,
        <Switch
          label={words.background}
          checked={limits.background}
          onChange={(background) => set.mutate({ background })}
        />,
        words.backgroundHint,
      )}
      {set.error && (
        <div className="px-6 pb-4">
          <InlineError error={set.error} />
        </div>
      )}
    </>
  );
}
