/** Words about the program itself. */
export const about = {
  title: "About",
  version: (version: string) => `Version ${version}`,
  versionReading: "Reading the version",
  without: "With the words of the recovery kit, restic and rustic open your backups as well.",
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
};
