import { useNavigate } from "@tanstack/react-router";

import { Button } from "../components/ui/Button";
import { EmptyState } from "../components/ui/EmptyState";
import { Keep } from "../components/ui/Keep";
import { FactsStrip } from "../features/protection/FactsStrip";
import { QuietNotes } from "../features/protection/QuietNotes";
import { StripsPanel } from "../features/protection/StripsPanel";
import { VerdictPanel } from "../features/protection/VerdictPanel";
import { messages } from "../lib/messages";
import { useVerdict } from "../lib/questions/useVerdict";

export function OverviewRoute() {
  const verdict = useVerdict();
  const navigate = useNavigate();
  if (!verdict.isError && verdict.data?.state === "not_set_up") {
    const { title, why, action } = messages.overview.empty;
    return (
      <EmptyState
        title={title}
        why={why}
        art={<Keep shape="not_set_up" className="size-[72px] text-text" />}
        action={
          <Button
            variant="primary"
            size="tall"
            onClick={() => void navigate({ to: "/plans/$plan", params: { plan: "new" } })}
          >
            {action}
          </Button>
        }
      />
    );
  }
  return (
    <div className="flex max-w-[1264px] flex-col gap-3 px-8 py-5">
      <VerdictPanel />
      <FactsStrip />
      <StripsPanel />
      <QuietNotes />
    </div>
  );
}
