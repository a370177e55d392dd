import { useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { Screen } from "../components/ui/Screen";
import { AboutPanel } from "../features/about/AboutPanel";
import { AppearancePanel } from "../features/appearance/AppearancePanel";
import { DataPanel } from "../features/data/DataPanel";
import { DesktopPanel } from "../features/desktop/DesktopPanel";
import { LimitsPanel } from "../features/limits/LimitsPanel";
import { SecurityPanel } from "../features/security/SecurityPanel";
import { messages } from "../lib/messages";

export function SettingsRoute() {
  const { panel } = useSearch({ from: "/settings" });
  const security = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (panel === "security") security.current?.focus();
  }, [panel]);
  return (
    <Screen title={messages.settings.title}>
      <AppearancePanel />
      <DesktopPanel />
      <LimitsPanel />
      <div ref={security} tabIndex={-1} className="scroll-mt-5 rounded-panel outline-none">
        <SecurityPanel />
      </div>
      <DataPanel />
      <AboutPanel />
    </Screen>
  );
}
