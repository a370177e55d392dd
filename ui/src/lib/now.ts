import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(changed: () => void) {
  listeners.add(changed);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 15_000);
  return () => {
    listeners.delete(changed);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The current minute, so that relative times grow older while they are looked at; one timer for all of them. */
export function useNow(): Date {
  useSyncExternalStore(subscribe, () => Math.floor(Date.now() / 60_000));
  return new Date();
}
