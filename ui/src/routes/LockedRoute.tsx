import { Alone } from "../components/ui/Alone";
import { Button } from "../components/ui/Button";
import { VerdictPill } from "../features/protection/VerdictPill";
import { UnlockForm } from "../features/security/UnlockForm";
import { messages } from "../lib/messages";
import { useAppState } from "../lib/questions/useAppState";
import { useOpenAgain } from "../lib/questions/useOpenAgain";

/** The key to the copies is not open: why, the eight words, or the keychain once more. What helps is here to be done;
 *  the program's own hint names options of the command line. */
export function LockedRoute() {
  const state = useAppState();
  const again = useOpenAgain();
  const words = messages.gate.locked;
  const problem = state.data?.problem;
  return (
    <Alone foot={<VerdictPill rail={false} />}>
      <div className="flex flex-col gap-6 rounded-verdict border border-line-strong bg-surface p-6">
        <header>
          <h1 className="text-28 font-strong tracking-[-0.02em]">{words.title}</h1>
          <p className="mt-1 text-16 text-pretty wrap-anywhere">{problem?.message ?? words.why}</p>
        </header>
        <UnlockForm />
        <div className="flex flex-wrap items-center gap-3 border-t border-line pt-4">
          <Button busy={again.isPending} onClick={() => again.mutate()}>
            {words.askKeychain}
          </Button>
          {again.isSuccess && again.data.phase === "locked" && (
            <p role="status" className="min-w-0 flex-1 basis-60 text-13 text-text-2">
              {words.stillLocked}
            </p>
          )}
        </div>
      </div>
    </Alone>
  );
}
