import { messages } from "../../lib/messages";
import { useAppState } from "../../lib/questions/useAppState";

/** The version in words. */
export function VersionLine() {
  const state = useAppState();
  return state.data ? messages.about.version(state.data.version) : messages.about.versionReading;
}
