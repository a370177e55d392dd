/** Words of the parts that every screen is made of. */
export const ui = {
  /** For a failure that is not a refusal: nobody answered. */
  noAnswer: "The program behind this window gave no answer.",
  noAnswerHint: "Nothing was changed by this. Try again; if there is still no answer, close the window and open it anew.",
  tryAgain: "Try again",
  dismiss: "Dismiss",
  trail: "Where you are",
  noPath: "–",
  strip: {
    showTable: "Show as table",
    day: "Day",
    end: "End",
    runs: "Runs",
    today: "Today",
    ends: { good: "Succeeded", skipped: "Skipped files", failed: "Failed", none: "No run", cancelled: "Cancelled" },
    summary: (of: { days: number; good: number; skipped: number; failed: number; none: number }) =>
      `The last ${of.days} days: ${of.good} succeeded, ${of.skipped} with skipped files, ${of.failed} failed, ${of.none} without a run that ended.`,
  },
} as const;
