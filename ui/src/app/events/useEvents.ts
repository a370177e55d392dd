import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { hear } from "../../ipc/events";
import { router } from "../router";
import { askAnew, changedState, counted, progressed } from "./tell";

/** Everything that the program tells by itself ends here. */
export function useEvents() {
  const client = useQueryClient();
  useEffect(() => {
    const stops = [
      hear("changed", ({ topics }) => askAnew(client, topics)),
      hear("go", ({ to }) => router.history.push(to)),
      hear("backup:progress", (told) => progressed(client, told)),
      hear("backup:status", (told) => changedState(client, told)),
      hear("queue:stats", (told) => counted(client, told)),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [client]);
}
