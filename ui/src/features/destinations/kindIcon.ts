import { Cloud, Globe, HardDrive, Monitor, Server, Usb } from "lucide-react";
import type { LucideIcon } from "lucide-react";

import type { DestinationEntry } from "../../ipc/bindings";

/** The glyph of each kind of place. */
export const kindIcon = { usb: Usb, disk: HardDrive, network: Server, system: Monitor };

const remoteIcons: Readonly<Record<string, LucideIcon>> = { cloud: Cloud, globe: Globe, server: Server };

/** The glyph of a kind of destination that is no folder of this computer. */
export const remoteIcon = (icon: string): LucideIcon => remoteIcons[icon] ?? Cloud;

export const iconOf = ({ kind, remote }: DestinationEntry): LucideIcon => (remote ? remoteIcon(remote.icon) : kindIcon[kind]);
