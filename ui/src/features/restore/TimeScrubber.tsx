import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { PointerEvent } from "react";

import { Button } from "../../components/ui/Button";
import { Tooltip } from "../../components/ui/Tooltip";
import type { BackupEntry } from "../../ipc/bindings";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { stepped, stopAt } from "./stops";
import { MARGIN, TimeLine } from "./TimeLine";
import { when } from "./when";

const words = messages.restore.time;
/** A backup is opened when the hand has rested on its stop for as long. */
const rest = 150;

interface Props {
  /** Oldest first. */
  backups: readonly BackupEntry[];
  chosen: number;
  onChoose: (backup: BackupEntry) => void;
}

/** One stop a backup, evenly spaced: arrow keys step, Page keys jump ten, Home and End. */
export function TimeScrubber({ backups, chosen, onChoose }: Props) {
  const [at, setAt] = useState(chosen);
  const line = useRef<HTMLDivElement>(null);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setAt(chosen), [chosen]);
  useEffect(() => () => clearTimeout(waiting.current), []);

  const times = useMemo(() => backups.map(({ time }) => time), [backups]);
  const last = backups.length - 1;
  const backup = backups[Math.min(at, last)];
  if (!backup) return null;

  function go(to: number) {
    const next = Math.min(last, Math.max(0, to));
    setAt(next);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => {
      const wanted = backups[next];
      if (wanted && next !== chosen) onChoose(wanted);
    }, rest);
  }
  function point(event: PointerEvent) {
    const box = line.current?.getBoundingClientRect();
    if (!box || event.buttons === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    go(stopAt((event.clientX - box.left - MARGIN) / (box.width - 2 * MARGIN), backups.length));
  }

  return (
    <section
      aria-label={words.line}
      className="grid flex-none grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-8 pb-2 min-[900px]:grid-cols-[264px_minmax(0,1fr)_auto]"
    >
      <div>
        <p className="text-13 text-text-2">{words.asThey}</p>
        <div className="-ml-2 flex items-center gap-1">
          <Step label={words.earlier} icon={ChevronLeft} blocked={at === 0} onStep={() => go(at - 1)} />
          <h2 title={when(backup.time)} className="min-w-36 flex-none text-center font-strong whitespace-nowrap">
            {when(backup.time)}
          </h2>
          <Step label={words.later} icon={ChevronRight} blocked={at === last} onStep={() => go(at + 1)} />
        </div>
      </div>
      <div
        role="slider"
        tabIndex={0}
        aria-label={words.line}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={backups.length}
        aria-valuenow={at + 1}
        aria-valuetext={`${when(backup.time)}, ${words.place(count(at + 1), count(backups.length))}`}
        onKeyDown={(event) => {
          const next = stepped(event.key, at, backups.length);
          if (next === undefined) return;
          event.preventDefault();
          go(next);
        }}
        onPointerDown={point}
        onPointerMove={point}
        className="order-last col-span-2 touch-none rounded-control min-[900px]:order-none min-[900px]:col-span-1"
      >
        <div ref={line}>
          <TimeLine times={times} at={at} />
        </div>
      </div>
      <Button onClick={() => go(last)}>{words.newest}</Button>
    </section>
  );
}

function Step(props: { label: string; icon: typeof ChevronLeft; blocked: boolean; onStep: () => void }) {
  const { label, icon: Icon, blocked, onStep } = props;
  return (
    <Tooltip label={label}>
      <Button variant="quiet" size="icon" aria-label={label} aria-disabled={blocked || undefined} onClick={onStep}>
        <Icon aria-hidden className="size-4" strokeWidth={1.75} />
      </Button>
    </Tooltip>
  );
}
