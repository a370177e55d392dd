import { useSyncExternalStore } from "react";

/** Values by name that stay when the screen is left, for as long as the window is open. */
export interface Shelf<Value> {
  read: (name: string) => Value;
  put: (name: string, value: Value) => void;
  names: () => string[];
  subscribe: (changed: () => void) => () => void;
}

export function shelf<Value>(nothing: Value): Shelf<Value> {
  const kept = new Map<string, Value>();
  const listeners = new Set<() => void>();
  return {
    read: (name) => kept.get(name) ?? nothing,
    put: (name, value) => {
      kept.set(name, value);
      for (const changed of listeners) changed();
    },
    names: () => [...kept.keys()],
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

/** The value under this name, as it changes. */
export function useShelf<Value>(of: Shelf<Value>, name: string): Value {
  return useSyncExternalStore(of.subscribe, () => of.read(name));
}
