import { CatchBoundary, RouterProvider } from "@tanstack/react-router";

import { useAppState } from "../lib/questions/useAppState";
import { BrokenRoute } from "../routes/BrokenRoute";
import { LockedRoute } from "../routes/LockedRoute";
import { WelcomeRoute } from "../routes/WelcomeRoute";
import { useEvents } from "./events/useEvents";
import { RouteError } from "./RouteError";
import { router } from "./router";
import { Starting } from "./Starting";

/** The window; what cannot be drawn says so, instead of leaving it empty. */
export function Gate() {
  useEvents();
  const phase = useAppState().data?.phase;
  return (
    <CatchBoundary getResetKey={() => phase ?? "starting"} errorComponent={RouteError}>
      <Phases />
    </CatchBoundary>
  );
}

/** What the window is, by how far the program is opened. */
function Phases() {
  const state = useAppState();
  if (!state.data) return <Starting />;
  switch (state.data.phase) {
    case "not_set_up":
      return <WelcomeRoute />;
    case "locked":
      return <LockedRoute />;
    case "broken":
      return <BrokenRoute />;
    case "ready":
      return <RouterProvider router={router} />;
  }
}
