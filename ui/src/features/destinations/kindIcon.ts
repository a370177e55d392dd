import { HardDrive, Monitor, Server, Usb } from "lucide-react";
import type { LucideIcon } from "lucide-react";

import { remoteIcon } from "../../components/remote/remoteIcon";
import type { DestinationEntry } from "../../ipc/bindings";

/** The glyph of each kind of place. */
export const kindIcon = { usb: Usb, disk: HardDrive, network: Server, system: Monitor };

export const iconOf = ({ kind, remote }: DestinationEntry): LucideIcon => (remote ? remoteIcon(remote.icon) : kindIcon[kind]);
