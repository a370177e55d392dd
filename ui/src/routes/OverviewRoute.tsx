import { FormatFact } from "../features/about/FormatFact";
import { TerminalSteps } from "../features/protection/TerminalSteps";
import { VerdictPanel } from "../features/protection/VerdictPanel";

export function OverviewRoute() {
  return (
    <div className="flex max-w-[1264px] flex-col gap-3 px-8 py-5">
      <VerdictPanel />
      <TerminalSteps />
      <FormatFact />
    </div>
  );
}
