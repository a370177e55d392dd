import { Check } from "lucide-react";

import { AskError } from "../../components/ui/AskError";
import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Path } from "../../components/ui/Path";
import { Skeleton } from "../../components/ui/Skeleton";
import type { RunEntry, SkippedReason } from "../../ipc/bindings";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { useAcceptSkipped, useSkipped } from "./useSkipped";

const words = messages.runs.skipped;

/** The skipped files of one reason. Those of a backup can be accepted by name. */
export function SkippedFiles({ id, run, reason }: { id: string; run: RunEntry; reason: SkippedReason }) {
  const query = useSkipped(run.id, reason.reason);
  const accept = useAcceptSkipped(run.id);
  const files = query.data?.pages.flat() ?? [];
  const acceptable = run.kind === "backup";
  return (
    <div id={id} className="bg-sunken">
      {acceptable && <p className="px-4 pt-2 text-12 text-text-2">{words.acceptWhy}</p>}
      <AskError query={query} className="m-3" />
      <InlineError error={accept.error} className="m-3" />
      {query.isPending && <Skeleton label={words.reading} className="mx-4 my-3" />}
      <div tabIndex={0} role="region" aria-label={words.names[reason.reason] ?? words.other} className="max-h-80 overflow-y-auto py-1 focus-visible:-outline-offset-2">
        <ul>
          {files.map((file) => (
            <li
              key={file.path_hex ?? file.path}
              className="flex min-h-9 items-center gap-3 px-4 [contain-intrinsic-size:auto_36px] [content-visibility:auto]"
            >
              <Path path={file.path} className="grow text-12" />
              {acceptable &&
                (file.accepted ? (
                  <span className="flex h-7 flex-none items-center gap-1.5 text-13 text-text-2">
                    <Check aria-hidden className="size-3.5" strokeWidth={1.75} />
                    {words.accepted}
                  </span>
                ) : (
                  <Button
                    variant="quiet"
                    className="h-7 px-2 text-13"
                    aria-label={words.acceptLabel(file.path)}
                    busy={accept.isPending && accept.variables.path === file.path}
                    onClick={() => accept.mutate(file)}
                  >
                    {words.accept}
                  </Button>
                ))}
            </li>
          ))}
        </ul>
        {query.hasNextPage && (
          <div className="flex items-center gap-3 px-4 py-2">
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {words.more}
            </Button>
            <span className="text-12 text-text-3">{words.shown(count(files.length), count(reason.files))}</span>
          </div>
        )}
      </div>
    </div>
  );
}
