/** Words about the program itself. */
export const about = {
  title: "About",
  version: (version: string) => `Version ${version}`,
  versionReading: "Reading the version",
  versionUnknown: "Version not read",
  without: "Without Keepstead",
  format: (version: number) =>
    `Backups are written in the open restic format, version ${version}. With the passphrase, restic and rustic open them as well.`,
  reading: "Asking the program",
  facts: {
    version: "Version",
    format: "Backup format",
    formatValue: (version: number) => `restic format, version ${version}`,
    licence: "Licence",
    licenceValue: "MIT or Apache 2.0, as you like",
    fonts: "Fonts",
    fontsValue: "Inter and Geist Mono, SIL Open Font License 1.1",
    icons: "Icons",
    iconsValue: "Lucide, ISC licence",
  },
  failed: {
    title: "The window does not know its own version",
    happened: "The program behind this window gave no answer.",
    means: "Nothing about your backups has changed. The window only cannot say which format they are written in.",
    todo: "Ask again. If there is still no answer, close the window and open it anew.",
    short: "The program behind this window did not say which format it writes. Your backups are as they were.",
    action: "Ask again",
  },
};
