import type { ErrorComponentProps } from "@tanstack/react-router";

import { Button } from "../components/ui/Button";
import { ErrorState } from "../components/ui/ErrorState";
import { messages } from "../lib/messages";

/** In place of a screen that could not be drawn. */
export function RouteError({ reset }: ErrorComponentProps) {
  const { action, ...words } = messages.frame.failed;
  return (
    <div className="max-w-[1264px] px-8 py-5">
      <ErrorState
        level="h1"
        {...words}
        action={
          <Button variant="primary" size="tall" onClick={reset}>
            {action}
          </Button>
        }
      />
    </div>
  );
}
