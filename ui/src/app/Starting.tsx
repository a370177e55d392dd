import { Button } from "../components/ui/Button";
import { ErrorState } from "../components/ui/ErrorState";
import { Skeleton } from "../components/ui/Skeleton";
import { messages } from "../lib/messages";
import { useAppState } from "../lib/questions/useAppState";

/** Before the program has said how far it is opened, or when it does not. */
export function Starting() {
  const state = useAppState();
  const { title, happened, means, todo, action, reading } = messages.gate.noAnswer;
  if (!state.isError) {
    return (
      <main className="px-8 py-5">
        <h1 className="sr-only">{messages.frame.product}</h1>
        <Skeleton label={reading} />
      </main>
    );
  }
  return (
    <main className="mx-auto max-w-[840px] px-8 py-10">
      <ErrorState
        level="h1"
        title={title}
        happened={happened}
        means={means}
        todo={todo}
        action={
          <Button variant="primary" size="tall" busy={state.isFetching} onClick={() => void state.refetch()}>
            {action}
          </Button>
        }
      />
    </main>
  );
}
