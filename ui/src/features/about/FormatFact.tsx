import { Panel } from "../../components/ui/Panel";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { AskAgain } from "./AskAgain";
import { useAbout } from "./useAbout";

/** Which program opens the backups when this one is gone. */
export function FormatFact() {
  const about = useAbout();
  return (
    <Panel title={messages.about.without}>
      <div className="px-6 pb-4 text-text-2">
        {about.isError ? (
          <div role="alert" className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
            <p className="max-w-[72ch] text-pretty">{messages.about.failed.short}</p>
            <AskAgain variant="secondary" />
          </div>
        ) : about.data ? (
          <p>{messages.about.format(about.data.backupFormat)}</p>
        ) : (
          <Skeleton label={messages.about.reading} className="my-1 w-full max-w-[64ch]" />
        )}
      </div>
    </Panel>
  );
}
