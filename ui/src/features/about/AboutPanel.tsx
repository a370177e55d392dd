import { ErrorState } from "../../components/ui/ErrorState";
import { Panel } from "../../components/ui/Panel";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { AskAgain } from "./AskAgain";
import { useAbout } from "./useAbout";

/** Version, format and licences. */
export function AboutPanel() {
  const about = useAbout();
  if (about.isError) {
    const { title, happened, means, todo } = messages.about.failed;
    const words = { title, happened, means, todo };
    return <ErrorState level="h2" {...words} action={<AskAgain variant="primary" />} />;
  }
  const { title, facts, reading } = messages.about;
  const rows: [string, string | undefined, string][] = [
    [facts.version, about.data?.version, "font-mono text-13"],
    [facts.format, about.data && facts.formatValue(about.data.backupFormat), ""],
    [facts.licence, facts.licenceValue, ""],
    [facts.fonts, facts.fontsValue, ""],
    [facts.icons, facts.iconsValue, ""],
  ];
  return (
    <Panel title={title}>
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
