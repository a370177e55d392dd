import { useAbout } from "../features/about/useAbout";
import { OverviewRoute } from "../routes/OverviewRoute";
import { Sidebar } from "./Sidebar";

export function App() {
  const about = useAbout();
  return (
    <div className="grid h-screen grid-cols-[16rem_minmax(0,1fr)]">
      <Sidebar about={about} />
      {/* Focusable, so that a keyboard scrolls it when the window is low. */}
      <main tabIndex={0} className="min-h-0 overflow-y-auto focus-visible:-outline-offset-2">
        <OverviewRoute about={about} />
      </main>
    </div>
  );
}
