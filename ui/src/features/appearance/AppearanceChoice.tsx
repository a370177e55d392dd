import { Monitor, Moon, Sun } from "lucide-react";

import { SegmentedChoice } from "../../components/ui/SegmentedChoice";
import { messages } from "../../lib/messages";
import { usePreference } from "../../lib/preference";
import { theme, themes } from "../../lib/theme";

const icons = { system: Monitor, light: Sun, dark: Moon };

export function AppearanceChoice() {
  return (
    <SegmentedChoice
      legend={messages.settings.theme}
      name="theme"
      options={themes.map((value) => ({ value, label: messages.frame.themes[value], icon: icons[value] }))}
      chosen={usePreference(theme)}
      onChoose={theme.choose}
    />
  );
}
