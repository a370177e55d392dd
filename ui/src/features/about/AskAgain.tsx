import { Button } from "../../components/ui/Button";
import { messages } from "../../lib/messages";
import { useAbout } from "./useAbout";

/** Asks the program once more which one it is. */
export function AskAgain({ variant }: { variant: "primary" | "secondary" }) {
  const about = useAbout();
  return (
    <Button variant={variant} busy={about.isFetching} onClick={() => void about.refetch()}>
      {messages.about.failed.action}
    </Button>
  );
}
