/** What a person presses to find anything, as this system's keyboards write it. */
export function findKeys(platform: string = navigator.platform): string {
  return platform.startsWith("Mac") ? "⌘ K" : "Ctrl K";
}
