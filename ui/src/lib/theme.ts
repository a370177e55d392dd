import { preference } from "./preference";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** The theme the person chose. */
export const theme = preference("keepstead.theme", themes, "system");

/** Shows the window in this theme; `system` follows the desktop as it changes. */
export function applyTheme(chosen: Theme, page: { dataset: DOMStringMap } = document.documentElement) {
  if (chosen === "system") delete page.dataset.theme;
  else page.dataset.theme = chosen;
}
