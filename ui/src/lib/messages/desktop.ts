/** Words of how Keepstead lives on this desktop. */
export const desktop = {
  title: "Desktop",
  reading: "Asking the desktop",
  start: "Start at login",
  startHint: "Keepstead starts when you log in and waits in the background, so that plugged-in disks are noticed.",
  startUnknown: "Whether it starts at login cannot be told on this desktop.",
  notifications: "Notifications",
  notificationsHint: "A message when a run fails or needs you. Success is silent.",
  test: "Send test",
  sent: "Sent. If nothing appeared, the desktop hides messages of Keepstead.",
  tray: "Tray",
  trayThere: "The verdict stands in the tray.",
  trayNot: "This desktop shows no tray. Keepstead stays open in the background all the same; open it from the applications.",
  data: "Data folder",
  dataHint: "Plans, runs and settings. The copies lie at the destinations.",
  showFolder: "Show folder",
};
