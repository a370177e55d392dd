import { AboutPanel } from "../features/about/AboutPanel";
import { AppearancePanel } from "../features/appearance/AppearancePanel";
import { messages } from "../lib/messages";

export function SettingsRoute() {
  return (
    <div className="flex max-w-[1264px] flex-col gap-4 px-8 pt-5 pb-8">
      <h1 className="text-20 font-strong tracking-[-0.012em]">{messages.settings.title}</h1>
      <AppearancePanel />
      <AboutPanel />
    </div>
  );
}
