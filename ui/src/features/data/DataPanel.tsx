import { FolderOpen } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Panel } from "../../components/ui/Panel";
import { Path } from "../../components/ui/Path";
import { messages } from "../../lib/messages";
import { useAppState } from "../../lib/questions/useAppState";
import { useShowFolder } from "../../lib/questions/useShowFolder";

/** Where Keepstead's own records lie. */
export function DataPanel() {
  const state = useAppState();
  const show = useShowFolder();
  const words = messages.desktop;
  const folder = state.data?.data_folder;
  return (
    <Panel title={words.data} hint={words.dataHint}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-6 py-2.5">
        <Path path={folder?.path ?? messages.ui.noPath} className="select-text" />
        <Button className="ml-auto" busy={show.isPending} onClick={() => folder && show.mutate(folder)}>
          <FolderOpen aria-hidden className="size-4" strokeWidth={1.75} />
          {words.showFolder}
        </Button>
        <InlineError error={show.error} className="basis-full" />
      </div>
    </Panel>
  );
}
