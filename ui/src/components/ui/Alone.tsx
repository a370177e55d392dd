import type { ReactNode } from "react";

import { messages } from "../../lib/messages";
import { Keep } from "./Keep";

/** A window that is not open yet: the mark, and one thing in the middle. */
export function Alone({ children, foot }: { children: ReactNode; foot?: ReactNode }) {
  return (
    <div className="flex h-screen flex-col overflow-y-auto">
      <header className="flex flex-none items-center gap-2.5 px-8 py-5">
        <span className="grid size-8 place-items-center rounded-control bg-door text-on-door">
          <Keep shape="mark" className="size-5" />
        </span>
        <b className="font-strong">{messages.frame.product}</b>
      </header>
      <main className="mx-auto my-auto w-full max-w-[720px] px-8 py-4">{children}</main>
      {foot && <footer className="mx-auto w-full max-w-[720px] flex-none px-8 pt-2 pb-6">{foot}</footer>}
    </div>
  );
}
