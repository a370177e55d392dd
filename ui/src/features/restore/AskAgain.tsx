import { Button } from "../../components/ui/Button";
import { messages } from "../../lib/messages";

export function AskAgain({ busy, onAsk }: { busy: boolean; onAsk: () => void }) {
  return (
    <Button busy={busy} onClick={onAsk}>
      {messages.restore.states.again}
    </Button>
  );
}
