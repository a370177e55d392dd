import { useNavigate } from "@tanstack/react-router";

import { Button } from "../components/ui/Button";
import { EmptyState } from "../components/ui/EmptyState";
import { messages } from "../lib/messages";

export function NotFound() {
  const navigate = useNavigate();
  const { title, why, action } = messages.frame.notFound;
  return (
    <EmptyState
      title={title}
      why={why}
      action={
        <Button variant="primary" size="tall" onClick={() => void navigate({ to: "/" })}>
          {action}
        </Button>
      }
    />
  );
}
