import { messages } from "../../lib/messages";
import { useAbout } from "./useAbout";

/** The version in words, or that it is not known. */
export function VersionLine() {
  const about = useAbout();
  if (about.data) return messages.about.version(about.data.version);
  return about.isError ? messages.about.versionUnknown : messages.about.versionReading;
}
