import { useEffect, useState } from "react";

import { hear } from "../../ipc/events";
import { noSpeeds, withSample } from "./speed";

/** How fast a run has been since this screen was opened. */
export function useSpeeds(run: string) {
  const [collected, setCollected] = useState({ run, speeds: noSpeeds, now: Date.now() });
  useEffect(
    () =>
      hear("backup:progress", ({ runId, uploadSpeed }) => {
        if (runId !== run) return;
        const now = Date.now();
        setCollected((before) => ({
          run,
          now,
          speeds: withSample(before.run === run ? before.speeds : noSpeeds, now, uploadSpeed),
        }));
      }),
    [run],
  );
  return collected.run === run ? collected : { speeds: noSpeeds, now: Date.now() };
}
