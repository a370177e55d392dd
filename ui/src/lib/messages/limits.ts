const upload = "Upload";
const download = "Download";
const cpu = "Processor";
const background = "Background";

/** Words of how much backups and restores may take. */
export const limits = {
  title: "Limits",
  hint: "For backups and restores. A change counts at once, also for what is under way.",
  reading: "Reading the limits",
  names: [upload, download, cpu, background],
  upload,
  download,
  cpu,
  background,
  limit: (name: string) => `${name}: limit`,
  amount: (name: string) => `${name}, at most`,
  unit: (name: string) => `${name}, unit`,
  off: "No limit",
  noNumber: "Type a number of 1 or more, such as 500.",
  shares: new Map([
    [100, "Full"],
    [75, "Three quarters"],
    [50, "Half"],
    [25, "A quarter"],
  ]),
  share: (percent: number) => `${percent} %`,
  cpuHint: "Of what this computer’s processor can do.",
  backgroundHint: "Backups give way to other programs, where the system can do that. Counts from the next backup on.",
  atMost: (rate: string) => `At most ${rate}`,
  cpuAtMost: (percent: number) => `Processor ${percent} %`,
};
