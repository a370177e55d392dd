import { folderName } from "../../components/folders/folderNames";
import type { PathText, SuggestedFolder } from "../../ipc/bindings";
import { estimate } from "./estimate";
import { useChoices } from "./useChoices";
import { useSizes } from "./useSizes";
import { useSuggestedFolders } from "./useSuggestedFolders";

export interface FolderChoice {
  path: PathText;
  name: string;
  kind: SuggestedFolder["kind"] | undefined;
  isChosen: boolean;
}

/** Which folders there are to choose from, which are chosen, and how much that is. */
export function useWhat() {
  const suggested = useSuggestedFolders();
  const choices = useChoices();
  const there = suggested.data ?? [];
  const folders: FolderChoice[] = [
    ...there.map(({ path, name, kind, chosen }) => ({ path, name, kind, isChosen: choices.has(path, chosen) })),
    ...choices.added.map((path) => ({ path, name: folderName(path.path), kind: undefined, isChosen: choices.has(path, true) })),
  ];
  const chosen = folders.filter(({ isChosen }) => isChosen).map(({ path }) => path);
  // What is suggested first is counted first: it is what the sum waits for.
  const inOrder = [...there].sort((one, other) => Number(other.chosen) - Number(one.chosen));
  const sizes = useSizes([...inOrder.map(({ path }) => path), ...choices.added]);
  return {
    suggested,
    folders,
    chosen,
    sizes,
    total: estimate(chosen, sizes),
    choose: choices.choose,
    add: (path: PathText) => choices.add(path, there.map((folder) => folder.path)),
  };
}
export type What = ReturnType<typeof useWhat>;
