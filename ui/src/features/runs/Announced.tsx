import { percent } from "../../lib/format";
import { messages } from "../../lib/messages";

/** Tells readers of the screen how far it is, every 10 %, and that it stands still. */
export function Announced({ fraction, paused }: { fraction: number | null; paused: boolean }) {
  const tenth = fraction === null ? 0 : Math.floor(fraction * 10 + 1e-9) / 10;
  return (
    <p aria-live="polite" className="sr-only">
      {paused
        ? messages.runs.progress.announcedPaused
        : tenth > 0 && messages.runs.progress.announced(percent(tenth))}
    </p>
  );
}
