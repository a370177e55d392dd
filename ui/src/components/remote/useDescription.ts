import { useState } from "react";

import type { Remedy, TriedRemote } from "../../ipc/bindings";
import type { Draft } from "./draft";
import { mended, orderOf } from "./draft";
import { useKinds, useTry } from "./useRemote";

/** A place that was described and works. With its secrets: it is for the memory of what shows it only. */
export interface Described {
  draft: Draft;
  /** Empty for a name after where it is. */
  name: string;
  tried: TriedRemote;
}

/** What is said about a server or a cloud, and how the trial of it went; `from` is what was said before. */
export function useDescription({ from, onChange }: { from?: Described | undefined; onChange?: () => void }) {
  const kinds = useKinds();
  const [draft, setDraft] = useState(from?.draft);
  const [before, setBefore] = useState(from?.tried);
  const [name, setName] = useState(from?.name ?? "");
  const trial = useTry();
  const change = (now: Draft) => {
    setDraft(now);
    // What was tried was something else.
    setBefore(undefined);
    trial.reset();
    onChange?.();
  };
  const test = (now: Draft) => trial.mutate(orderOf(now, null));
  return {
    kinds,
    draft,
    change,
    name,
    setName,
    trial,
    tried: trial.data && "tried" in trial.data ? trial.data.tried : before,
    wrong: trial.data && "wrong" in trial.data ? trial.data.wrong : [],
    test,
    /** Takes over what the destination showed, and tries again. */
    mend: (remedy: Remedy) => {
      if (!draft) return;
      const now = mended(draft, remedy);
      change(now);
      test(now);
    },
  };
}
export type Description = ReturnType<typeof useDescription>;
