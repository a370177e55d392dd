import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";

import { messages } from "../../lib/messages";
import { applyTheme, savedTheme, saveTheme, themes } from "../../lib/theme";
import type { Theme } from "../../lib/theme";

const icons = { system: Monitor, light: Sun, dark: Moon };

export function AppearanceChoice() {
  const [chosen, setChosen] = useState(savedTheme);

  function choose(theme: Theme) {
    setChosen(theme);
    saveTheme(theme);
    applyTheme(theme);
  }

  return (
    <fieldset>
      <legend className="px-2 pb-1 text-12 font-medium text-text-3">{messages.appearance}</legend>
      <div className="grid grid-cols-3 gap-0.5 rounded-control border border-line-strong bg-sunken p-0.5">
        {themes.map((theme) => {
          const Icon = icons[theme];
          return (
            <label
              key={theme}
              className="flex h-[26px] items-center justify-center gap-1.5 rounded-[4px] text-12 font-medium text-text-2 hover:text-text has-checked:bg-raised has-checked:text-text has-checked:shadow-1 has-checked:ring-1 has-checked:ring-line-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
            >
              <input
                type="radio"
                name="theme"
                className="sr-only"
                checked={chosen === theme}
                onChange={() => choose(theme)}
              />
              <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
              {messages.themes[theme]}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
