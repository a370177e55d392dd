import { about } from "./about";
import { frame } from "./frame";
import { overview } from "./overview";
import { settings } from "./settings";

/** Every word the window shows, in English. A second language is a second folder of this shape. */
export const messages = { frame, overview, settings, about } as const;
