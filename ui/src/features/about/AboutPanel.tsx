import { Panel } from "../../components/ui/Panel";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { useAppState } from "../../lib/questions/useAppState";

/** Version, format and licences. */
export function AboutPanel() {
  const state = useAppState();
  const { title, facts, reading, without } = messages.about;
  const rows: [string, string | undefined, string][] = [
    [facts.version, state.data?.version, "font-mono text-13"],
    [facts.format, state.data && facts.formatValue(state.data.backup_format), ""],
    [facts.licence, facts.licenceValue, ""],
    [facts.fonts, facts.fontsValue, ""],
    [facts.icons, facts.iconsValue, ""],
  ];
  return (
    <Panel title={title} hint={without}>
      <dl>
        {rows.map(([name, value, style]) => (
          <div
            key={name}
            className="grid min-h-9 grid-cols-[160px_minmax(0,1fr)] items-center gap-x-2 border-t border-line px-6 py-2"
          >
            <dt className="text-13 text-text-3">{name}</dt>
            <dd className={style}>{value ?? <Skeleton label={reading} />}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
