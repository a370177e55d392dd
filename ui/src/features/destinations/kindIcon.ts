import { HardDrive, Monitor, Server, Usb } from "lucide-react";

/** The glyph of each kind of place. */
export const kindIcon = { usb: Usb, disk: HardDrive, network: Server, system: Monitor };
