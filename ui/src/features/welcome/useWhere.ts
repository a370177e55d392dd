import { useState } from "react";

import { pathKey } from "../../components/folders/pathKey";
import type { PathText, PlaceKind } from "../../ipc/bindings";
import { useChoices } from "./useChoices";
import { usePlaces } from "./usePlaces";
import { useTrials } from "./useTrials";
import type { Trial } from "./useTrials";

export interface PlaceChoice {
  path: PathText;
  name: string;
  kind: PlaceKind | "folder";
  free: number | null;
  total: number | null;
  /** `undefined` while a folder chosen by hand is tried. */
  offDisk: boolean | null | undefined;
  writable: boolean;
  isChosen: boolean;
  trial: Trial | undefined;
}

/** Which places there are, which are chosen, and how they took the test file. The best one is chosen already. */
export function useWhere(asked: boolean) {
  const places = usePlaces(asked);
  const choices = useChoices();
  const found = places.data ?? [];
  // The best one when they were first read: one that is plugged in later takes no place away.
  const [best, setBest] = useState<string>();
  const bestNow = found.find((place) => place.off_disk === true && place.writable);
  if (best === undefined && bestNow) setBest(pathKey(bestNow.path));
  const isChosen = (path: PathText) => choices.has(path, pathKey(path) === best || choices.added.includes(path));
  const known = [...found.map(({ path }) => path), ...choices.added];
  const trial = useTrials(known.filter(isChosen));

  const all: PlaceChoice[] = [
    ...found.map((place) => ({
      path: place.path,
      name: place.name,
      kind: place.kind,
      free: place.free,
      total: place.total,
      offDisk: place.off_disk,
      writable: place.writable,
    })),
    ...choices.added.map((path) => {
      const done = trial(path)?.done;
      return {
        path,
        name: done?.name ?? path.path,
        kind: "folder" as const,
        free: done?.free ?? null,
        total: done?.total ?? null,
        offDisk: done?.off_disk,
        writable: true,
      };
    }),
  ].map((place) => ({ ...place, isChosen: isChosen(place.path), trial: trial(place.path) }));
  return {
    places,
    all,
    chosen: all.filter((place) => place.isChosen),
    choose: choices.choose,
    add: (path: PathText) => choices.add(path, found.map((place) => place.path)),
  };
}
export type Where = ReturnType<typeof useWhere>;
