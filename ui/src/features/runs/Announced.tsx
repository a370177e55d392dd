import { percent } from "../../lib/format";
import { messages } from "../../lib/messages";

/** Tells readers of the screen how far it is, every 10 %. */
export function Announced({ fraction }: { fraction: number | null }) {
  const tenth = fraction === null ? 0 : Math.floor(fraction * 10 + 1e-9) / 10;
  return (
    <p aria-live="polite" className="sr-only">
      {tenth > 0 && messages.runs.progress.announced(percent(tenth))}
    </p>
  );
}
