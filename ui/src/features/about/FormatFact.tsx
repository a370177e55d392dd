import { Panel } from "../../components/ui/Panel";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { AboutFailed } from "./AboutFailed";
import { useAbout } from "./useAbout";

/** Which program opens the backups when this one is gone. */
export function FormatFact() {
  const about = useAbout();
  if (about.isError) return <AboutFailed />;
  return (
    <Panel title={messages.about.without}>
      <div className="px-6 pb-4 text-text-2">
        {about.data ? (
          <p>{messages.about.format(about.data.backupFormat)}</p>
        ) : (
          <Skeleton label={messages.about.reading} className="my-1 w-full max-w-[64ch]" />
        )}
      </div>
    </Panel>
  );
}
