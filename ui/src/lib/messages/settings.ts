/** Words of the settings. */
export const settings = {
  title: "Settings",
  appearance: "Appearance",
  theme: "Theme",
  themeHint: "System follows the desktop as it changes from day to night.",
  sidebar: "Sidebar",
  sidebarWide: "It shows names and the verdict in words.",
  sidebarNarrow: "It shows icons. Their names appear when you point at one or reach it by keyboard.",
  tooNarrow: "This window is too narrow for the wide sidebar. Make the window wider to change it.",
};
