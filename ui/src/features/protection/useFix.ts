import { useNavigate } from "@tanstack/react-router";

import type { Fix } from "../../ipc/bindings";
import { useBackUp } from "../../lib/questions/useBackUp";
import { useResumePlan } from "./useResumePlan";

/** Does the one thing that helps: here, or on the screen where it is done. */
export function useFix() {
  const navigate = useNavigate();
  const backUp = useBackUp();
  const resume = useResumePlan();
  function fix(what: Fix) {
    switch (what.kind) {
      case "back_up":
        return backUp.mutate([what.plan]);
      case "resume":
        return resume.mutate(what.plan);
      case "plug_in":
        return void navigate({ to: "/destinations" });
      case "add_destination":
        return void navigate({ to: "/destinations", search: { add: true } });
      case "show_run":
        return void navigate({ to: "/runs/$run", params: { run: what.run } });
      case "confirm_kit":
        return void navigate({ to: "/settings", search: { panel: "security" } });
      case "set_up":
        return void navigate({ to: "/plans/$plan", params: { plan: "new" } });
      case "set_clock":
        return undefined;
    }
  }
  return {
    fix,
    backUpAll: () => backUp.mutate([]),
    busy: backUp.isPending || resume.isPending,
    error: backUp.error ?? resume.error,
  };
}
