import { House, Settings } from "lucide-react";

import { messages } from "../lib/messages";

const { frame } = messages;

/** Every screen there is: the sidebar and the palette are drawn from this list. */
export const screens = [
  { to: "/", label: frame.overview, icon: House, words: frame.palette.overviewWords, place: "top" },
  { to: "/settings", label: frame.settings, icon: Settings, words: frame.palette.settingsWords, place: "foot" },
] as const;
