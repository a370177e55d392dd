import { commands } from "./bindings";

export type { About } from "./bindings";

/** Which program this is and what it writes. */
export const about = commands.about;
