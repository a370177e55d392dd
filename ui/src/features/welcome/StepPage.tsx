import { useEffect, useRef } from "react";
import type { ReactNode, RefObject } from "react";

interface Props {
  title: string;
  why: string;
  /** What is done with Enter, and with the last button. */
  onNext: () => void;
  /** What has the keyboard first, where one comes back to it from what it opened. */
  first?: RefObject<HTMLElement | null> | undefined;
  children: ReactNode;
  foot: ReactNode;
}

/** One step: its question, what answers it, and a foot that stays in sight. */
export function StepPage({ title, why, onNext, first, children, foot }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const begin = useRef(first);
  // A new step is read from its question on.
  useEffect(() => (begin.current?.current ?? heading.current)?.focus(), []);
  return (
    <form
      noValidate
      className="flex min-h-0 min-w-0 grow flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        onNext();
      }}
    >
      <main tabIndex={0} className="relative min-h-0 grow overflow-y-auto focus-visible:-outline-offset-2">
        <div className="flex max-w-[904px] flex-col gap-4 px-6 py-6 min-[960px]:px-12 min-[960px]:pt-12 min-[1200px]:px-16">
          <div>
            <h2
              ref={heading}
              tabIndex={-1}
              className="text-28 leading-9 font-strong tracking-[-0.02em] outline-none"
            >
              {title}
            </h2>
            <p className="pt-1 text-text-2 text-pretty">{why}</p>
          </div>
          {children}
        </div>
      </main>
      <footer className="flex min-h-[72px] flex-none flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-6 py-3 min-[960px]:px-12 min-[1200px]:px-16">
        {foot}
      </footer>
    </form>
  );
}

/** What the choice comes to, in the foot. */
export function Sum({ head, detail }: { head: string; detail: string }) {
  return (
    <p role="status" className="min-w-0 grow basis-48">
      <b className="block leading-[18px] font-strong">{head}</b>
      <small className="block text-12 text-text-2">{detail}</small>
    </p>
  );
}
