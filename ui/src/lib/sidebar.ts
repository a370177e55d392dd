import { useSyncExternalStore } from "react";

import { preference, usePreference } from "./preference";

/** How much of the sidebar the person wants to see. */
export const sidebar = preference("keepstead.sidebar", ["wide", "rail"], "wide");

/** From this width of the window on there is room for the wide sidebar. */
const ROOM = "(min-width: 1100px)";

function subscribe(changed: () => void) {
  const room = matchMedia(ROOM);
  room.addEventListener("change", changed);
  return () => room.removeEventListener("change", changed);
}

/** What the sidebar is now, and whether the person's choice counts at this width. */
export function useSidebar(): { rail: boolean; hasRoom: boolean } {
  const chosen = usePreference(sidebar);
  const hasRoom = useSyncExternalStore(subscribe, () => matchMedia(ROOM).matches);
  return { rail: !hasRoom || chosen === "rail", hasRoom };
}

/** Wide becomes narrow, narrow becomes wide. */
export function toggleSidebar() {
  sidebar.choose(sidebar.read() === "rail" ? "wide" : "rail");
}
