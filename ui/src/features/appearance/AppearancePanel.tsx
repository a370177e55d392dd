import type { ReactNode } from "react";

import { Button } from "../../components/ui/Button";
import { Panel } from "../../components/ui/Panel";
import { messages } from "../../lib/messages";
import { toggleSidebar, useSidebar } from "../../lib/sidebar";
import { AppearanceChoice } from "./AppearanceChoice";

export function AppearancePanel() {
  const { rail, hasRoom } = useSidebar();
  const words = messages.settings;
  return (
    <Panel title={words.appearance}>
      <Row name={words.theme} hint={words.themeHint}>
        <AppearanceChoice />
      </Row>
      <Row name={words.sidebar} hint={hasRoom && (rail ? words.sidebarNarrow : words.sidebarWide)}>
        <Button disabledReason={!hasRoom && words.tooNarrow} onClick={toggleSidebar}>
          {rail ? messages.frame.widen : messages.frame.narrow}
        </Button>
      </Row>
    </Panel>
  );
}

function Row({ name, hint, children }: { name: string; hint: string | false; children: ReactNode }) {
  return (
    <div className="grid min-h-11 items-center gap-x-2 gap-y-1 border-t border-line px-6 py-2 min-[640px]:grid-cols-[160px_minmax(0,1fr)]">
      <h3 className="text-13 text-text-3">{name}</h3>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        {children}
        {hint && <p className="text-13 text-text-2">{hint}</p>}
      </div>
    </div>
  );
}
