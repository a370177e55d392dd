import { Link } from "@tanstack/react-router";
import { PanelLeft, Search } from "lucide-react";

import { Button } from "../components/ui/Button";
import { Keep } from "../components/ui/Keep";
import { Key } from "../components/ui/Key";
import { Tooltip } from "../components/ui/Tooltip";
import { VersionLine } from "../features/about/VersionLine";
import { VerdictPill } from "../features/protection/VerdictPill";
import { findKeys } from "../lib/keys";
import { merge } from "../lib/merge";
import { messages } from "../lib/messages";
import { toggleSidebar, useSidebar } from "../lib/sidebar";
import { Navigation } from "./Navigation";
import { WorkLink } from "./work/WorkLink";

const { frame } = messages;

export function Sidebar({ rail, onFind }: { rail: boolean; onFind: () => void }) {
  const { hasRoom } = useSidebar();
  const toggle = rail ? frame.widen : frame.narrow;
  const find = (
    <button
      type="button"
      onClick={onFind}
      className={merge(
        "flex h-8 flex-none items-center gap-2 rounded-control border border-line-strong bg-surface px-2 text-left text-13 text-text-3 hover:bg-hover",
        rail && "h-9 w-10 justify-center px-0",
      )}
    >
      <Search aria-hidden className="size-3.5 flex-none" strokeWidth={1.75} />
      <span className={rail ? "sr-only" : "grow"}>{frame.find}</span>
      {!rail && <Key>{findKeys()}</Key>}
    </button>
  );
  return (
    <aside
      aria-label={frame.sidebar}
      className={merge(
        "relative row-span-2 flex min-h-0 flex-col gap-2 border-r border-line bg-sidebar p-3",
        rail && "items-center px-1 py-3",
      )}
    >
      <div className={merge("flex flex-none items-center gap-2.5 py-1.5 pl-2", rail && "flex-col gap-2 p-0")}>
        <span className="grid size-8 flex-none place-items-center rounded-control bg-door text-on-door">
          <Keep shape="mark" className="size-5" />
        </span>
        <span className={rail ? "sr-only" : "grow"}>
          <b className="block leading-[18px] font-strong">{frame.product}</b>
          <small className="block text-12 text-text-3">
            <VersionLine />
          </small>
        </span>
        {hasRoom && (
          <Tooltip label={toggle}>
            <Button variant="quiet" size="icon" aria-label={toggle} onClick={toggleSidebar}>
              <PanelLeft aria-hidden className="size-4" strokeWidth={1.75} />
            </Button>
          </Tooltip>
        )}
      </div>
      {rail ? (
        <Tooltip label={frame.find} detail={findKeys()}>
          {find}
        </Tooltip>
      ) : (
        find
      )}
      <Navigation rail={rail} />
      <WorkLink rail={rail} />
      <VerdictPill
        rail={rail}
        link={(pill) => (
          <Link to="/" className="block rounded-panel" activeProps={{ "aria-current": undefined }}>
            {pill}
          </Link>
        )}
      />
    </aside>
  );
}
