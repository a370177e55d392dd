import { House } from "lucide-react";

import { Keep } from "../components/ui/Keep";
import type { AboutState } from "../features/about/useAbout";
import { AppearanceChoice } from "../features/appearance/AppearanceChoice";
import { VerdictPill } from "../features/protection/VerdictPill";
import { messages } from "../lib/messages";

export function Sidebar({ about }: { about: AboutState }) {
  return (
    <aside
      aria-label={messages.sidebar}
      className="flex min-h-0 flex-col border-r border-line bg-sidebar p-3"
    >
      <div className="flex items-center gap-2.5 px-2 py-1.5">
        <span className="grid size-8 flex-none place-items-center rounded-control bg-door text-on-door">
          <Keep shape="mark" className="size-5" />
        </span>
        <span>
          <b className="block leading-[18px] font-strong">{messages.product}</b>
          <small className="block text-12 text-text-3">
            {about.status === "read" ? messages.version(about.version) : messages.versionUnknown}
          </small>
        </span>
      </div>
      <nav aria-label={messages.mainNavigation} className="mt-3">
        <a
          href="#overview"
          aria-current="page"
          className="flex h-8 items-center gap-2.5 rounded-control bg-chosen px-2 font-strong shadow-1 ring-1 ring-line"
        >
          <House aria-hidden className="size-4 text-accent-text" strokeWidth={1.75} />
          {messages.overview}
        </a>
      </nav>
      <div className="mt-auto flex flex-col gap-3 pt-2">
        <AppearanceChoice />
        <VerdictPill />
      </div>
    </aside>
  );
}
