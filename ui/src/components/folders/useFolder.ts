import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import type { FolderListing, PathText } from "../../ipc/bindings";

const folderKey = (path: PathText | null, hidden: boolean) => ["folder", path, hidden] as const;

/** What lies in a folder; the one before stays in sight until it is read. */
export function useFolder(path: PathText | null, hidden: boolean) {
  return useQuery({
    queryKey: folderKey(path, hidden),
    queryFn: () => answer(commands.listFolder(path, hidden)),
    placeholderData: keepPreviousData,
    // Long enough that what was read to open it is not read again to show it.
    staleTime: 2_000,
  });
}

/** Reads a folder before it is shown, so that a refusal leaves one where one was. */
export function useOpenFolder(hidden: boolean, opened: (listing: FolderListing, from: PathText | undefined) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ to }: { to: PathText; from?: PathText | undefined }) => answer(commands.listFolder(to, hidden)),
    onSuccess: (listing, { from }) => {
      client.setQueryData(folderKey(listing.path, hidden), listing);
      opened(listing, from);
    },
  });
}
