import { AskError } from "../../components/ui/AskError";
import { Panel } from "../../components/ui/Panel";
import { SettingRow } from "../../components/ui/SettingRow";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { DesktopSwitch } from "./DesktopSwitch";
import { TestNotification } from "./TestNotification";
import { useDesktop } from "./useDesktop";

export function DesktopPanel() {
  const desktop = useDesktop();
  const words = messages.desktop;
  if (desktop.isError) {
    return (
      <Panel title={words.title}>
        <div className="px-6 pb-4">
          <AskError query={desktop} />
        </div>
      </Panel>
    );
  }
  const known = desktop.data;
  const reading = <Skeleton label={words.reading} />;
  return (
    <Panel title={words.title}>
      <SettingRow name={words.start}>
        {known ? (
          <DesktopSwitch
            name={words.start}
            hint={known.start_at_login === null ? words.startUnknown : words.startHint}
            which="setStartAtLogin"
            on={known.start_at_login}
          />
        ) : (
          reading
        )}
      </SettingRow>
      <SettingRow name={words.notifications}>
        {known ? (
          <>
            <DesktopSwitch
              name={words.notifications}
              hint={words.notificationsHint}
              which="setNotifications"
              on={known.notifications}
            />
            <TestNotification />
          </>
        ) : (
          reading
        )}
      </SettingRow>
      <SettingRow name={words.tray}>
        <p className="py-1.5 max-w-[72ch] text-pretty">{known ? (known.tray ? words.trayThere : words.trayNot) : reading}</p>
      </SettingRow>
    </Panel>
  );
}
