import { useNavigate } from "@tanstack/react-router";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import type { RunEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { useBackUp } from "../../lib/questions/useBackUp";
import { useShowFolder } from "../../lib/questions/useShowFolder";
import { useVerify } from "../../lib/questions/useVerify";
import { endOf, wentBack } from "./stage";
import { foundDamage } from "./upkeep";

const words = messages.runs;

/** The one thing to do after a run. */
export function NextStep({ run }: { run: RunEntry }) {
  const navigate = useNavigate();
  const backUp = useBackUp();
  const show = useShowFolder();
  const verify = useVerify();
  const { kind, target, plan_id, destination_id, backup_id } = run;
  const end = endOf(run.status);
  const done = end === "SUCCESS" || end === "PARTIAL_SUCCESS";

  if (kind === "restore" && done && target && !wentBack(run)) {
    return (
      <Action error={show.error} variant="primary" busy={show.isPending} onPress={() => show.mutate(target)}>
        {words.showFolder}
      </Action>
    );
  }
  if (kind === "restore" && !done) {
    return (
      <Action variant="primary" onPress={() => void navigate({ to: "/restore", search: from(destination_id, backup_id) })}>
        {words.againRestore}
      </Action>
    );
  }
  if (kind === "backup" && !done && plan_id) {
    const again = () =>
      backUp.mutate([plan_id], {
        onSuccess: ([first]) => first !== undefined && void navigate({ to: "/runs/$run", params: { run: first } }),
      });
    return (
      <Action error={backUp.error} variant="primary" busy={backUp.isPending} onPress={again}>
        {words.again}
      </Action>
    );
  }
  if (kind === "backup" && done && destination_id) {
    return (
      <Action variant="secondary" onPress={() => void navigate({ to: "/restore", search: from(destination_id, backup_id) })}>
        {words.openBackup}
      </Action>
    );
  }
  if (kind === "verify" && !done && destination_id) {
    const depth = run.result?.kind === "verified" ? run.result.depth : "everything";
    const again = () =>
      verify.mutate(
        { id: destination_id, depth },
        { onSuccess: (next) => void navigate({ to: "/runs/$run", params: { run: next } }) },
      );
    return (
      // Damage does not go away by looking again: what to do first stands beside it.
      <Action error={verify.error} variant={foundDamage(run) ? "secondary" : "primary"} busy={verify.isPending} onPress={again}>
        {words.againVerify}
      </Action>
    );
  }
  if (kind === "prune" && !done && destination_id) {
    return (
      <Action variant="primary" onPress={() => void navigate({ to: "/destinations", search: { clean: destination_id } })}>
        {words.againCleanUp}
      </Action>
    );
  }
  return null;
}

const from = (destination: string | null, backup: string | null) => ({
  ...(destination !== null && { destination }),
  ...(backup !== null && { backup }),
});

interface Props {
  error?: unknown;
  variant: "primary" | "secondary";
  busy?: boolean;
  onPress: () => void;
  children: string;
}

function Action({ error, variant, busy, onPress, children }: Props) {
  return (
    <>
      <Button variant={variant} size="tall" busy={busy} onClick={onPress}>
        {children}
      </Button>
      <InlineError error={error} className="basis-full" />
    </>
  );
}
