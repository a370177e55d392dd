import { messages } from "../../lib/messages";
import { AskError } from "../ui/AskError";
import { Skeleton } from "../ui/Skeleton";
import { blank } from "./draft";
import { KindList } from "./KindList";
import { RemoteForm } from "./RemoteForm";
import type { Description } from "./useDescription";

/** How a server or a cloud is reached, and everything that has to be said about it then. */
export function DescribeRemote({ of }: { of: Description }) {
  const { kinds, draft, wrong, change } = of;
  if (!kinds.isSuccess) {
    return (
      <div className="px-6 py-4">
        {kinds.isError ? <AskError query={kinds} /> : <Skeleton label={messages.remote.reading} />}
      </div>
    );
  }
  return (
    <>
      <KindList kinds={kinds.data} chosen={draft?.kind.id} onChoose={(kind) => change(blank(kind))} />
      {draft && <RemoteForm key={draft.kind.id} draft={draft} wrong={wrong} onChange={change} />}
    </>
  );
}
