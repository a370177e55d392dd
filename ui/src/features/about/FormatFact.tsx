import { messages } from "../../lib/messages";
import type { AboutState } from "./useAbout";

/** Which program opens the backups when this one is gone. */
export function FormatFact({ about }: { about: AboutState }) {
  return (
    <section className="rounded-panel border border-line bg-surface px-6 py-4">
      <h2 className="font-strong">{messages.about.title}</h2>
      <p className="mt-1 text-text-2" aria-live="polite">
        {about.status === "read" && messages.about.format(about.backupFormat)}
        {about.status === "failed" && messages.about.unread}
      </p>
    </section>
  );
}
