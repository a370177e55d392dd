import { Button } from "../../components/ui/Button";
import { ErrorState } from "../../components/ui/ErrorState";
import { messages } from "../../lib/messages";
import { useAbout } from "./useAbout";

/** The program did not say which one it is. */
export function AboutFailed() {
  const about = useAbout();
  const { action, ...words } = messages.about.failed;
  return (
    <ErrorState
      level="h2"
      {...words}
      action={
        <Button variant="primary" size="tall" busy={about.isFetching} onClick={() => void about.refetch()}>
          {action}
        </Button>
      }
    />
  );
}
