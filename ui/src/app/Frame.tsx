import { Outlet } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { useSidebar } from "../lib/sidebar";
import { Palette } from "./palette/Palette";
import { Sidebar } from "./Sidebar";

/** What stands around every screen. */
export function Frame() {
  const { rail } = useSidebar();
  const [finding, setFinding] = useState(false);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      const alone = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!alone || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setFinding((open) => !open);
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);

  return (
    <div
      className={`grid h-screen ${rail ? "grid-cols-[3rem_minmax(0,1fr)]" : "grid-cols-[16rem_minmax(0,1fr)]"}`}
    >
      <Sidebar rail={rail} onFind={() => setFinding(true)} />
      {/* Focusable, so that a keyboard scrolls it when the window is low. */}
      <main ref={main} tabIndex={0} className="relative min-h-0 overflow-y-auto focus-visible:-outline-offset-2">
        <Outlet />
      </main>
      <Palette open={finding} onOpenChange={setFinding} screen={main} />
    </div>
  );
}
