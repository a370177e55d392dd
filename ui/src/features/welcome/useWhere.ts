import { useState } from "react";

import { pathKey } from "../../components/folders/pathKey";
import type { PathText, PlaceKind, TriedPlace } from "../../ipc/bindings";
import { useChoices } from "./useChoices";
import { usePlaces } from "./usePlaces";
import type { RemotePlace } from "./remotes";
import { useRemotes } from "./useRemotes";
import { useTrials } from "./useTrials";

export interface PlaceChoice {
  /** Tells it from the others. */
  key: string;
  /** The folder for the copies, or what was said about a server or a cloud. */
  at: { folder: PathText } | { remote: RemotePlace };
  name: string;
  kind: PlaceKind | "folder" | "remote";
  free: number | null;
  total: number | null;
  /** `undefined` while a folder chosen by hand is tried. */
  offDisk: boolean | null | undefined;
  writable: boolean;
  isChosen: boolean;
  choose: (on: boolean) => void;
  trial: PlaceTrial | undefined;
}

/** How a place took the test file. */
export interface PlaceTrial {
  done: Pick<TriedPlace, "bytes_per_second" | "latency_ms" | "holds"> | undefined;
  error: Error | null;
  /** A server is tried before it is a place. */
  again?: () => void;
}

/** Which places there are, which are chosen, and how they took the test file. The best one is chosen already. */
export function useWhere(asked: boolean) {
  const places = usePlaces(asked);
  const choices = useChoices();
  const remotes = useRemotes();
  const found = places.data ?? [];
  // The best one when they were first read: one that is plugged in later takes no place away.
  const [best, setBest] = useState<string>();
  const bestNow = found.find((place) => place.off_disk === true && place.writable);
  if (best === undefined && bestNow) setBest(pathKey(bestNow.path));
  const isChosen = (path: PathText) => choices.has(path, pathKey(path) === best || choices.added.includes(path));
  const known = [...found.map(({ path }) => path), ...choices.added];
  const trial = useTrials(known.filter(isChosen));
  const folder = (path: PathText) => ({
    key: pathKey(path),
    at: { folder: path },
    isChosen: isChosen(path),
    choose: (on: boolean) => choices.choose(path, on),
    trial: trial(path),
  });

  const all: PlaceChoice[] = [
    ...found.map((place) => ({
      ...folder(place.path),
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
        ...folder(path),
        name: done?.name ?? path.path,
        kind: "folder" as const,
        free: done?.free ?? null,
        total: done?.total ?? null,
        offDisk: done?.off_disk,
        writable: true,
      };
    }),
    ...remotes.all.map((remote) => ({
      key: remote.key,
      at: { remote },
      name: remote.name || remote.tried.place,
      kind: "remote" as const,
      free: remote.tried.free,
      total: remote.tried.total,
      offDisk: true,
      writable: true,
      isChosen: remote.isChosen,
      choose: (on: boolean) => remotes.choose(remote.key, on),
      trial: { done: remote.tried, error: null },
    })),
  ];
  return {
    places,
    all,
    chosen: all.filter((place) => place.isChosen),
    add: (path: PathText) => choices.add(path, found.map((place) => place.path)),
    putRemote: remotes.put,
    removeRemote: remotes.remove,
  };
}
export type Where = ReturnType<typeof useWhere>;
