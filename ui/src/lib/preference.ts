import { useSyncExternalStore } from "react";

/** One choice that this computer remembers, and that every part of the window sees at once. */
export interface Preference<Value extends string> {
  read: () => Value;
  choose: (value: Value) => void;
  subscribe: (changed: () => void) => () => void;
}

/** A preference kept under `key`; what is not among `values` counts as `fallback`. */
export function preference<Value extends string>(
  key: string,
  values: readonly Value[],
  fallback: Value,
  storage: () => Pick<Storage, "getItem" | "setItem"> = () => localStorage,
): Preference<Value> {
  const listeners = new Set<() => void>();
  return {
    read: () => values.find((value) => value === storage().getItem(key)) ?? fallback,
    choose: (value) => {
      storage().setItem(key, value);
      for (const changed of listeners) changed();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

/** The preference's value, as it changes. */
export function usePreference<Value extends string>(of: Preference<Value>): Value {
  return useSyncExternalStore(of.subscribe, of.read);
}
