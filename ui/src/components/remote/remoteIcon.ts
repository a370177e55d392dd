import { Cloud, Globe, Server } from "lucide-react";
import type { LucideIcon } from "lucide-react";

const icons: Readonly<Record<string, LucideIcon>> = { cloud: Cloud, globe: Globe, server: Server };

/** The glyph of a kind of destination that is no folder of this computer. */
export const remoteIcon = (icon: string): LucideIcon => icons[icon] ?? Cloud;
