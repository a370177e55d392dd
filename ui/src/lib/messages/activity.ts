/** Words of the log. */
export const activity = {
  title: "Activity",
  sub: "What every run said, the newest first",
  reading: "Reading the log",
  levels: "Show",
  level: { all: "Everything", warnings: "Warnings", errors: "Errors" },
  levelWords: { info: "Note", warning: "Warning", error: "Error" },
  plan: "Plan",
  allPlans: "All plans",
  text: "Find in the log",
  list: "Lines of the log",
  to: (plan: string, destination: string) => (destination ? `${plan} → ${destination}` : plan),
  more: "Load more",
  all: (lines: number) => (lines === 1 ? "1 line, all there is" : `${lines.toLocaleString()} lines, all there are`),
  empty: {
    title: "Nothing has run yet",
    why: "Here stands what every run did, line by line, so that you can look up when and why something happened.",
    action: "See the plans",
  },
  none: {
    title: "No line is like that",
    why: "Other lines are there; the filters hide them.",
    action: "Clear the filters",
  },
};
