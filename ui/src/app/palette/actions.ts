import { Monitor, Moon, PanelLeft, Sun } from "lucide-react";
import type { LucideIcon } from "lucide-react";

import { messages } from "../../lib/messages";
import { toggleSidebar } from "../../lib/sidebar";
import { theme, themes } from "../../lib/theme";
import type { Theme } from "../../lib/theme";

/** Something the palette can do; `note` says what is so already. */
export interface Action {
  label: string;
  words: string;
  icon: LucideIcon;
  note?: string;
  run: () => void;
}

const icons = { system: Monitor, light: Sun, dark: Moon };

/** What can be done now. The sidebar is offered only where there is room for both of its forms. */
export function actions(state: { theme: Theme; rail: boolean; hasRoom: boolean }): Action[] {
  const { frame } = messages;
  const found: Action[] = themes.map((value) => ({
    label: frame.palette.theme[value],
    words: frame.palette.themeWords,
    icon: icons[value],
    ...(state.theme === value && { note: frame.palette.current }),
    run: () => theme.choose(value),
  }));
  if (state.hasRoom) {
    const label = state.rail ? frame.widen : frame.narrow;
    found.push({ label, words: frame.palette.sidebarWords, icon: PanelLeft, run: toggleSidebar });
  }
  return found;
}
