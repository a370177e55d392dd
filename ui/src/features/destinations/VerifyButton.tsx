import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { Button } from "../../components/ui/Button";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useWorking } from "../../lib/questions/useWorking";
import { VerifyDialog } from "./VerifyDialog";

const words = messages.upkeep.verify;

/** Asks how much to verify; while a verification waits or is under way, leads there. */
export function VerifyButton({ of, disabledBy }: { of: DestinationEntry; disabledBy: string | false }) {
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const navigate = useNavigate();
  const under = useWorking().data?.find((run) => run.destination_id === of.id && run.kind === "verify");
  if (under) {
    return (
      <Button
        aria-label={words.showOf(of.name)}
        onClick={() => void navigate({ to: "/runs/$run", params: { run: under.id } })}
      >
        {words.show}
      </Button>
    );
  }
  return (
    <>
      <Button ref={button} aria-label={words.actionOf(of.name)} disabledBy={disabledBy} onClick={() => setAsking(true)}>
        {words.action}
      </Button>
      {asking && <VerifyDialog of={of} opener={button} onClose={() => setAsking(false)} />}
    </>
  );
}
