import { HardDrive, History, House, List, Settings, Shield } from "lucide-react";

import { messages } from "../lib/messages";

const { frame } = messages;
const words = frame.palette.screenWords;

/** Every screen there is: the sidebar and the palette are drawn from this list. */
export const screens = [
  { to: "/", label: frame.overview, icon: House, words: words.overview, place: "top" },
  { to: "/plans", label: frame.plans, icon: Shield, words: words.plans, place: "protect" },
  { to: "/restore", label: frame.restore, icon: History, words: words.restore, place: "protect" },
  { to: "/destinations", label: frame.destinations, icon: HardDrive, words: words.destinations, place: "protect" },
  { to: "/activity", label: frame.activity, icon: List, words: words.activity, place: "protect" },
  { to: "/settings", label: frame.settings, icon: Settings, words: words.settings, place: "foot" },
] as const;
