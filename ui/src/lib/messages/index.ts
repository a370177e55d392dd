import { about } from "./about";
import { activity } from "./activity";
import { desktop } from "./desktop";
import { destinations } from "./destinations";
import { folders } from "./folders";
import { frame } from "./frame";
import { gate } from "./gate";
import { limits } from "./limits";
import { overview } from "./overview";
import { plans } from "./plans";
import { remote } from "./remote";
import { restore } from "./restore";
import { runs } from "./runs";
import { security } from "./security";
import { settings } from "./settings";
import { ui } from "./ui";
import { upkeep } from "./upkeep";
import { welcome } from "./welcome";

/** Every word the window shows, in English. A second language is a second folder of this shape. */
export const messages = {
  about,
  activity,
  desktop,
  destinations,
  folders,
  frame,
  gate,
  limits,
  overview,
  plans,
  remote,
  restore,
  runs,
  security,
  settings,
  ui,
  upkeep,
  welcome,
} as const;
