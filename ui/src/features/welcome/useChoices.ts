import { useState } from "react";

import { pathKey } from "../../components/folders/pathKey";
import type { PathText } from "../../ipc/bindings";

export interface Choices {
  /** What was added by hand. */
  added: PathText[];
  /** Whether it is chosen; what nobody touched is as it was suggested. */
  has: (path: PathText, suggested: boolean) => boolean;
  choose: (path: PathText, on: boolean) => void;
  /** Chooses it, and lists it unless it is among those `listed`. */
  add: (path: PathText, listed: readonly PathText[]) => void;
}

/** What a person chose among folders or places. */
export function useChoices(): Choices {
  const [added, setAdded] = useState<PathText[]>([]);
  const [touched, setTouched] = useState<ReadonlyMap<string, boolean>>(new Map());
  const choose = (path: PathText, on: boolean) => setTouched((before) => new Map(before).set(pathKey(path), on));
  return {
    added,
    has: (path, suggested) => touched.get(pathKey(path)) ?? suggested,
    choose,
    add: (path, listed) => {
      choose(path, true);
      const known = listed.some((other) => pathKey(other) === pathKey(path));
      if (!known) setAdded((before) => [...before.filter((other) => pathKey(other) !== pathKey(path)), path]);
    },
  };
}
