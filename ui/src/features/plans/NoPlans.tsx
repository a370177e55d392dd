import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { EmptyState } from "../../components/ui/EmptyState";
import { messages } from "../../lib/messages";

/** There is no plan: what one is for, and the way to the first. */
export function NoPlans() {
  const go = useNavigate();
  const { action, ...words } = messages.plans.empty;
  return (
    <EmptyState
      {...words}
      action={
        <Button
          variant="primary"
          size="tall"
          onClick={() => void go({ to: "/plans/$plan", params: { plan: "new" } })}
        >
          <Plus aria-hidden className="size-4" strokeWidth={1.75} />
          {action}
        </Button>
      }
    />
  );
}
