import { useState } from "react";

import type { Described } from "../../components/remote/useDescription";
import { listed } from "./remotes";
import type { RemotePlace } from "./remotes";

/** The servers and clouds that were described. With their secrets they lie here, and nowhere else. */
export function useRemotes() {
  const [all, setAll] = useState<readonly RemotePlace[]>([]);
  const [next, setNext] = useState(1);
  return {
    all,
    /** Lists and chooses it, in place of the one of this key where it has one; answers its key. */
    put: (described: Described, known: string | undefined): string => {
      const key = known ?? `remote-${next}`;
      setNext(next + 1);
      setAll(listed(all, { ...described, key, isChosen: true }));
      return key;
    },
    choose: (key: string, isChosen: boolean) =>
      setAll((before) => before.map((other) => (other.key === key ? { ...other, isChosen } : other))),
    remove: (key: string) => setAll((before) => before.filter((other) => other.key !== key)),
  };
}
