import { useSyncExternalStore } from "react";

import type { PlanDraft, PlanEntry } from "../../ipc/bindings";

/** What was changed and not saved, by plan: it stays while the window is open, on whichever screen one is. */
const drafts = new Map<string, PlanDraft>();
const listeners = new Set<() => void>();

function subscribe(changed: () => void) {
  listeners.add(changed);
  return () => void listeners.delete(changed);
}

function put(id: string, draft: PlanDraft | undefined) {
  if (draft) drafts.set(id, draft);
  else drafts.delete(id);
  for (const changed of listeners) changed();
}

export const noPlan: PlanDraft = { name: "", description: "", sources: [], excludes: [], destinations: [] };

/** A plan as the editor changes it. */
export function draftOf(plan: PlanEntry): PlanDraft {
  const { name, description, source_paths, excludes, targets } = plan;
  return { name, description, sources: source_paths, excludes, destinations: targets.map(({ destination }) => destination) };
}

export interface Editing {
  draft: PlanDraft;
  changed: boolean;
  change: (part: Partial<PlanDraft>) => void;
  discard: () => void;
}

/** The plan as it was left in the editor, or as it is saved. */
export function useDraft(id: string, saved: PlanDraft): Editing {
  const kept = useSyncExternalStore(subscribe, () => drafts.get(id));
  return {
    draft: kept ?? saved,
    changed: kept !== undefined && JSON.stringify(kept) !== JSON.stringify(saved),
    change: (part) => put(id, { ...(drafts.get(id) ?? saved), ...part }),
    discard: () => put(id, undefined),
  };
}
