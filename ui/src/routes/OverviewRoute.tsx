import { FormatFact } from "../features/about/FormatFact";
import type { AboutState } from "../features/about/useAbout";
import { TerminalSteps } from "../features/protection/TerminalSteps";
import { VerdictPanel } from "../features/protection/VerdictPanel";

export function OverviewRoute({ about }: { about: AboutState }) {
  return (
    <div id="overview" className="flex max-w-[1264px] flex-col gap-3 px-8 py-5">
      <VerdictPanel />
      <TerminalSteps />
      <FormatFact about={about} />
    </div>
  );
}
