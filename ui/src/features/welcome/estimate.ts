import type { PathText } from "../../ipc/bindings";
import type { Sizes } from "./useSizes";

/** How much was chosen, as far as it is known. */
export interface Estimate {
  files: number;
  bytes: number;
  unreadable: number;
  /** Whether some of it is still counted. */
  counting: boolean;
  /** Whether some of it could not be counted. */
  failed: boolean;
}

export function estimate(chosen: readonly PathText[], sizes: Sizes): Estimate {
  const all: Estimate = { files: 0, bytes: 0, unreadable: 0, counting: false, failed: false };
  for (const path of chosen) {
    // A folder within another one counts once.
    if (chosen.some((other) => path.path.startsWith(`${other.path}/`))) continue;
    const size = sizes.of(path);
    if (size === undefined) all.counting = true;
    else if (size === "failed") all.failed = true;
    else {
      all.files += size.files;
      all.bytes += size.bytes;
      all.unreadable += size.unreadable;
    }
  }
  return all;
}
