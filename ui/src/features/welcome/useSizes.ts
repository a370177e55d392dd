import { useQueries } from "@tanstack/react-query";

import { pathKey } from "../../components/folders/pathKey";
import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { PathText } from "../../ipc/bindings";
import { line } from "./inLine";

/** One folder after another: they lie on one disk, and each that is counted shows at once. */
const inLine = line();

/** How much lies in a folder; `undefined` while it waits or is counted. */
export interface Size {
  files: number;
  bytes: number;
  unreadable: number;
}
export interface Sizes {
  of: (path: PathText) => Size | "failed" | undefined;
}

/** Counts folders, in the order given. */
export function useSizes(folders: PathText[]): Sizes {
  const results = useQueries({
    queries: folders.map((folder) => ({
      queryKey: ["size", folder],
      queryFn: () => inLine(() => answer(commands.measure("welcome", [folder], []))),
      staleTime: Infinity,
    })),
  });
  const sizes = new Map(
    folders.map((folder, index) => {
      const result = results[index];
      const { data } = result ?? {};
      const size = data && { files: data.files, bytes: data.bytes, unreadable: data.unreadable };
      return [pathKey(folder), result?.isError ? ("failed" as const) : size];
    }),
  );
  return { of: (path) => sizes.get(pathKey(path)) };
}
