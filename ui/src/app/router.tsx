import { createHashHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

import { ActivityRoute } from "../routes/ActivityRoute";
import { DestinationsRoute } from "../routes/DestinationsRoute";
import { OverviewRoute } from "../routes/OverviewRoute";
import { PlanRoute } from "../routes/PlanRoute";
import { PlansRoute } from "../routes/PlansRoute";
import { RestoreRoute } from "../routes/RestoreRoute";
import { RunRoute } from "../routes/RunRoute";
import { SettingsRoute } from "../routes/SettingsRoute";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { RouteError } from "./RouteError";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const at = { getParentRoute: () => root };

/** The address lives behind the hash: the window's files are served without a server. */
export const router = createRouter({
  routeTree: root.addChildren([
    createRoute({ ...at, path: "/", component: OverviewRoute }),
    createRoute({ ...at, path: "/plans", component: PlansRoute }),
    /** The editor; `new` is a plan that is not there yet. */
    createRoute({ ...at, path: "/plans/$plan", component: PlanRoute }),
    createRoute({ ...at, path: "/runs/$run", component: RunRoute }),
    createRoute({
      ...at,
      path: "/restore",
      component: RestoreRoute,
      /** Which destination, backup and folder are looked at. */
      validateSearch: (search: Record<string, unknown>) => ({
        ...(typeof search.destination === "string" && { destination: search.destination }),
        ...(typeof search.backup === "string" && { backup: search.backup }),
      }),
    }),
    createRoute({
      ...at,
      path: "/destinations",
      component: DestinationsRoute,
      /** Whether one is being added, which one's settings are open, and which one is to be cleaned up. */
      validateSearch: (search: Record<string, unknown>): { add?: true; change?: string; clean?: string } => ({
        ...(search.add === true && { add: true as const }),
        ...(typeof search.change === "string" && { change: search.change }),
        ...(typeof search.clean === "string" && { clean: search.clean }),
      }),
    }),
    createRoute({ ...at, path: "/activity", component: ActivityRoute }),
    createRoute({
      ...at,
      path: "/settings",
      component: SettingsRoute,
      /** The panel that is brought into sight. */
      validateSearch: (search: Record<string, unknown>): { panel?: "security" } =>
        search.panel === "security" ? { panel: "security" } : {},
    }),
  ]),
  history: createHashHistory(),
  defaultErrorComponent: RouteError,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
