import type { UseQueryResult } from "@tanstack/react-query";

import { AskError } from "../../components/ui/AskError";

interface Props {
  title: string;
  /** What it means for protection. */
  means: string;
  of: UseQueryResult<unknown>;
}

/** Something could not be looked up; one can go on without it. */
export function NotRead({ title, means, of }: Props) {
  return (
    <section className="flex flex-col gap-2">
      <div>
        <h3 className="font-strong">{title}</h3>
        <p className="text-text-2">{means}</p>
      </div>
      <AskError query={of} />
    </section>
  );
}
