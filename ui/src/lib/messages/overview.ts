/** Words of the verdict and of what to do about it. */
export const overview = {
  verdict: {
    word: "Not set up",
    proof: "No plan, so no backups",
    why: "No plan on this computer backs anything up, and this window cannot make one yet. A backup you make from a terminal protects a folder today.",
  },
  terminal: {
    title: "Back up from a terminal",
    hint: "Use your own folders. One click selects a whole line.",
    steps: [
      {
        title: "Set up the destination",
        detail: "Once. You choose a passphrase; a backup cannot be opened without it.",
        command: "keepstead vault init --repository /media/disk/backups",
      },
      {
        title: "Back up a folder",
        detail: "Again whenever it has changed. Only what is new is stored.",
        command: "keepstead vault backup ~/Documents --repository /media/disk/backups",
      },
      {
        title: "Prove that it can be read",
        detail: "Reads back every byte and compares it.",
        command: "keepstead vault check --read-data --repository /media/disk/backups",
      },
      {
        title: "Get it back",
        detail: "Into a folder of its own, beside what you have.",
        command: "keepstead vault restore latest --target ~/Restored --repository /media/disk/backups",
      },
    ],
  },
};
