import { createHashHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

import { OverviewRoute } from "../routes/OverviewRoute";
import { SettingsRoute } from "../routes/SettingsRoute";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { RouteError } from "./RouteError";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const overview = createRoute({ getParentRoute: () => root, path: "/", component: OverviewRoute });
const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: SettingsRoute });

/** The address lives behind the hash: the window's files are served without a server. */
export const router = createRouter({
  routeTree: root.addChildren([overview, settings]),
  history: createHashHistory(),
  defaultErrorComponent: RouteError,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
