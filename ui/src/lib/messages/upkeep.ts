const backups = (of: string | number) => (String(of) === "1" ? "1 backup" : `${of} backups`);

/** Words of verifying a destination, and of cleaning it up. */
export const upkeep = {
  storage: {
    title: "Storage used by backups",
    notMeasured: "Not measured yet",
    free: (size: string | number) => `${size} can be freed`,
    nothing: "Nothing can be freed",
    measured: "Measured",
    alsoMeasured: (free: string | number) => `${free}, measured`,
  },
  last: {
    title: "Last verification",
    never: "Never",
    sound: "Sound",
    damaged: "Damaged",
    depths: { structure: "Contents were not read", sample: "A tenth was read", everything: "Everything was read" },
  },
  verify: {
    action: "Verify now",
    actionOf: (name: string | number) => `Verify now: ${name}`,
    show: "Show verification",
    showOf: (name: string | number) => `Show verification: ${name}`,
    title: (name: string | number) => `Verify ${name}`,
    hint: "Reads what is stored there and compares it with what was written. Backups stay as they are; you can pause or cancel it.",
    depth: "How much is read",
    depths: {
      everything: {
        name: "Everything",
        proves: "Proves that every backup can be restored, to the last byte.",
      },
      sample: {
        name: "A tenth",
        proves: "Notices a disk that begins to fail. What is not read stays unproved.",
      },
      structure: {
        name: "Only what is there",
        proves: "Proves that no part of a backup is missing. The contents of files are not read.",
      },
    },
    about: (size: string | number) => `reads about ${size}`,
    little: "reads little",
    unknown: "How much is stored there is not known yet.",
    cancel: "Cancel",
    start: "Verify",
  },
  cleanUp: {
    action: "Clean up…",
    show: "Show clean-up",
    title: (name: string | number) => `Clean up ${name}`,
    hint: "Frees storage that no backup needs any more.",
    reading: (name: string | number) => `Looking for what no backup on ${name} needs.`,
    readingHint: "Nothing is changed by looking. It can take a few minutes.",
    content: "What would be done",
    cancel: "Cancel",
    close: "Close",
    start: "Clean up",
    again: "Look again",
    free: (size: string | number, of: string | number) => `${size} of ${of} can be freed`,
    stay: (of: string | number) => (String(of) === "1" ? "Its backup stays." : `All ${of} backups stay.`),
    tidy: "Nothing can be freed, but something can be put in order",
    tidyHint: "The lists of what is stored are written anew.",
    nothing: "Nothing can be freed",
    nothingHint: (size: string | number, of: string | number) =>
      `${backups(of)} ${String(of) === "1" ? "needs" : "need"} ${size} of it. What is left is too little to be worth the work.`,
    needed: (size: string | number, of: string | number) =>
      `All ${size} are needed by ${backups(of)}.`,
    bare: "Nothing is stored there yet.",
    nothingYet: "Nothing can be freed yet",
    bar: (used: string | number, after: string | number) => `Storage used: ${used} now, ${after} in the end`,
    used: "Used now",
    after: "In the end",
    stays: "Stays",
    now: "Freed now",
    later: "Freed later",
    why: {
      now: (size: string | number) =>
        `${size} is deleted at once: it has waited for long enough, or a backup that broke off left it.`,
      later: (size: string | number, grace: string | number, from: string | number) =>
        `${size} is only marked now and waits for ${grace}: a computer that was asleep may still count on it. A clean-up after ${from} deletes it.`,
      waiting: (size: string | number) => `${size} was marked by an earlier clean-up and still waits.`,
      waitingUntil: (size: string | number, until: string | number) =>
        `${size} was marked by an earlier clean-up. A clean-up after ${until} deletes it.`,
      rewritten: (size: string | number) =>
        `${size} that backups need is written anew, without what lies in between. Until the old copy is deleted, both take up storage.`,
    },
  },
};
