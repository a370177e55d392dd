import { useState } from "react";

import { ActivityFilters } from "../features/activity/ActivityFilters";
import { ActivityLog } from "../features/activity/ActivityLog";
import { everything } from "../features/activity/filter";
import { messages } from "../lib/messages";

export function ActivityRoute() {
  const [filter, setFilter] = useState(everything);
  const { title, sub } = messages.activity;
  return (
    <div className="flex h-full min-h-[360px] flex-col gap-4 pt-5">
      <header className="flex flex-col gap-3 px-8">
        <div className="flex min-h-8 flex-wrap items-center gap-x-3">
          <h1 className="text-20 font-strong tracking-[-0.012em]">{title}</h1>
          <p className="text-text-2">{sub}</p>
        </div>
        <ActivityFilters filter={filter} onChange={setFilter} />
      </header>
      <ActivityLog filter={filter} onClear={() => setFilter(everything)} />
    </div>
  );
}
