import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { messages } from "../../lib/messages";
import { useTestNotification } from "./useDesktop";

export function TestNotification() {
  const test = useTestNotification();
  const words = messages.desktop;
  return (
    <div className="flex basis-full flex-wrap pb-1 items-center gap-x-3 gap-y-2">
      <Button busy={test.isPending} onClick={() => test.mutate()}>
        {words.test}
      </Button>
      {test.isSuccess && (
        <p role="status" className="min-w-0 flex-1 basis-60 text-13 text-text-2">
          {words.sent}
        </p>
      )}
      <InlineError error={test.error} className="basis-full" />
    </div>
  );
}
