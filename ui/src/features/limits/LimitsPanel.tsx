import { AskError } from "../../components/ui/AskError";
import { Panel } from "../../components/ui/Panel";
import { SettingRow } from "../../components/ui/SettingRow";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { LimitRows } from "./LimitRows";
import { useLimits } from "./useLimits";

const words = messages.limits;

/** How much backups and restores may take of the connection and of this computer. */
export function LimitsPanel() {
  const limits = useLimits();
  if (limits.isError) {
    return (
      <Panel title={words.title}>
        <div className="px-6 pb-4">
          <AskError query={limits} />
        </div>
      </Panel>
    );
  }
  return (
    <Panel title={words.title} hint={words.hint}>
      {limits.data ? (
        <LimitRows
          limits={limits.data}
          row={(name, control, hint) => (
            <SettingRow name={name} hint={hint}>
              {control}
            </SettingRow>
          )}
        />
      ) : (
        words.names.map((name) => (
          <SettingRow key={name} name={name}>
            <Skeleton label={words.reading} />
          </SettingRow>
        ))
      )}
    </Panel>
  );
}
