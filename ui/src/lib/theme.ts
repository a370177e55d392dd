export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const KEY = "keepstead.theme";

export function savedTheme(): Theme {
  const saved = localStorage.getItem(KEY);
  return themes.find((theme) => theme === saved) ?? "system";
}

export function saveTheme(theme: Theme) {
  localStorage.setItem(KEY, theme);
}

/** Shows the window in this theme; `system` follows the desktop as it changes. */
export function applyTheme(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
