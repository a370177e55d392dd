import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { Toast } from "../components/ui/Toast";
import { useBackUp } from "../lib/questions/useBackUp";
import { useVerify } from "../lib/questions/useVerify";
import { refusal } from "../lib/refusal";
import { useSidebar } from "../lib/sidebar";
import { Flag } from "./Flag";
import { Palette } from "./palette/Palette";
import { Sidebar } from "./Sidebar";
import { WorkBar } from "./work/WorkBar";

/** What stands around every screen. */
export function Frame() {
  const { rail } = useSidebar();
  const [finding, setFinding] = useState(false);
  const backUp = useBackUp();
  const verify = useVerify();
  const navigate = useNavigate();
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

  const failed = verify.isError ? verify : backUp;
  const verifyAll = (id: string) =>
    verify.mutate(
      { id, depth: "everything" },
      { onSuccess: (run) => void navigate({ to: "/runs/$run", params: { run } }) },
    );
  return (
    <div
      className={`grid h-screen grid-rows-[minmax(0,1fr)_auto] ${rail ? "grid-cols-[3rem_minmax(0,1fr)]" : "grid-cols-[16rem_minmax(0,1fr)]"}`}
    >
      <Sidebar rail={rail} onFind={() => setFinding(true)} />
      <div className="flex min-h-0 flex-col">
        <Flag rail={rail} />
        {/* Focusable, so that a keyboard scrolls it when the window is low. */}
        <main
          ref={main}
          tabIndex={0}
          className="relative min-h-0 grow overflow-y-auto focus-visible:-outline-offset-2"
        >
          <Outlet />
        </main>
      </div>
      <WorkBar />
      <Palette open={finding} onOpenChange={setFinding} onBackUp={backUp.mutate} onVerify={verifyAll} screen={main} />
      {failed.isError && <Toast onDismiss={failed.reset}>{refusal(failed.error).message}</Toast>}
    </div>
  );
}
