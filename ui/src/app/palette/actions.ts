import { BrushCleaning, HardDrive, History, Monitor, Moon, PanelLeft, Pause, Play, Plus, ShieldCheck, Sun } from "lucide-react";
import type { LucideIcon } from "lucide-react";

import type { Reach } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { toggleSidebar } from "../../lib/sidebar";
import { theme, themes } from "../../lib/theme";
import type { Theme } from "../../lib/theme";

/** Something the palette can do; `note` says what is so already. */
export interface Action {
  /** What tells it from others that may have the same label. */
  id: string;
  label: string;
  words: string;
  icon: LucideIcon;
  note?: string;
  run: () => void;
  /** It leads to another screen. */
  goes?: boolean;
}

interface State {
  theme: Theme;
  rail: boolean;
  hasRoom: boolean;
  plans: readonly { id: string; name: string; enabled: boolean }[];
  backUp: (plans: string[]) => void;
  destinations: readonly { id: string; name: string; state: Reach }[];
  /** Verifies everything on a destination. */
  verify: (destination: string) => void;
  /** Asks what a clean-up of a destination would do. */
  cleanUp: (destination: string) => void;
  /** What is under way and can be held, with what holds it or lets it go on. */
  hold: { paused: boolean; change: () => void } | undefined;
  go: (to: "/plans/$plan" | "/destinations" | "/restore") => void;
}

const icons = { system: Monitor, light: Sun, dark: Moon };

/** What can be done now. Without a plan there is nothing to back up, a destination that is away is left alone, and
 *  the sidebar is offered only where there is room for both of its forms. */
export function actions(state: State): Action[] {
  const { frame } = messages;
  const words = frame.palette;
  const found: Action[] = [];
  const one = { words: words.backUpWords, icon: Play };
  if (state.plans.some(({ enabled }) => enabled)) {
    found.push({ ...one, id: "back-up", label: words.backUpAll, run: () => state.backUp([]) });
  }
  for (const { id, name } of state.plans) {
    found.push({ ...one, id: `back-up-${id}`, label: words.backUp(name), run: () => state.backUp([id]) });
  }
  if (state.hold) {
    const { paused, change } = state.hold;
    const label = paused ? words.resume : words.pause;
    found.push({ id: "hold", label, words: words.pauseWords, icon: paused ? Play : Pause, run: change });
  }
  const goes = true;
  const here = state.destinations.filter(({ state: reach }) => reach === "ready");
  for (const { id, name } of here) {
    const run = () => state.verify(id);
    found.push({ id: `verify-${id}`, label: words.verify(name), words: words.verifyWords, icon: ShieldCheck, goes, run });
  }
  for (const { id, name } of here) {
    const run = () => state.cleanUp(id);
    found.push({ id: `clean-up-${id}`, label: words.cleanUp(name), words: words.cleanUpWords, icon: BrushCleaning, goes, run });
  }
  found.push(
    { id: "new-plan", label: words.newPlan, words: words.newPlanWords, icon: Plus, goes, run: () => state.go("/plans/$plan") },
    { id: "add", label: words.addDestination, words: words.addWords, icon: HardDrive, goes, run: () => state.go("/destinations") },
    { id: "restore", label: words.restore, words: words.restoreWords, icon: History, goes, run: () => state.go("/restore") },
  );
  for (const value of themes) {
    found.push({
      id: value,
      label: words.theme[value],
      words: words.themeWords,
      icon: icons[value],
      ...(state.theme === value && { note: words.current }),
      run: () => theme.choose(value),
    });
  }
  if (state.hasRoom) {
    const label = state.rail ? frame.widen : frame.narrow;
    found.push({ id: "sidebar", label, words: words.sidebarWords, icon: PanelLeft, run: toggleSidebar });
  }
  return found;
}
