/** Words of the verdict and of what to do about it. */
export const overview = {
  verdict: {
    word: "Not read here",
    proof: "Ask keepstead status",
    why: "This window does not read your plans yet. In a terminal, “keepstead status” says whether everything is protected.",
  },
  terminal: {
    title: "Protect a folder from a terminal",
    hint: "Use your own folders. One click selects a whole line.",
    steps: [
      {
        title: "Make the recovery words",
        detail: "Once. Write the eight words down; nothing else opens your backups elsewhere.",
        command: "keepstead kit create",
      },
      {
        title: "Choose where copies go",
        detail: "A folder on another disk.",
        command: "keepstead destination add /media/disk --name Disk",
      },
      {
        title: "Choose what is copied",
        detail: "As many folders as you like.",
        command: "keepstead plan add Documents --source ~/Documents --to Disk",
      },
      {
        title: "Back it up",
        detail: "Again whenever something has changed. Only what is new is stored, and read back.",
        command: "keepstead run",
      },
      {
        title: "Get it back",
        detail: "Into a folder of its own, beside what you have.",
        command: "keepstead restore --from Disk --target ~/Restored",
      },
    ],
  },
};
