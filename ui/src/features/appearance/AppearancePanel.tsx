import { Button } from "../../components/ui/Button";
import { Panel } from "../../components/ui/Panel";
import { SettingRow } from "../../components/ui/SettingRow";
import { messages } from "../../lib/messages";
import { toggleSidebar, useSidebar } from "../../lib/sidebar";
import { AppearanceChoice } from "./AppearanceChoice";

export function AppearancePanel() {
  const { rail, hasRoom } = useSidebar();
  const words = messages.settings;
  return (
    <Panel title={words.appearance}>
      <SettingRow name={words.theme} hint={words.themeHint}>
        <AppearanceChoice />
      </SettingRow>
      <SettingRow name={words.sidebar} hint={hasRoom && (rail ? words.sidebarNarrow : words.sidebarWide)}>
        <Button disabledReason={!hasRoom && words.tooNarrow} onClick={toggleSidebar}>
          {rail ? messages.frame.widen : messages.frame.narrow}
        </Button>
      </SettingRow>
    </Panel>
  );
}
