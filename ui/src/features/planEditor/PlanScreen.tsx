import { useNavigate } from "@tanstack/react-router";

import { Button } from "../../components/ui/Button";
import { ErrorState } from "../../components/ui/ErrorState";
import { messages } from "../../lib/messages";
import { refusal } from "../../lib/refusal";
import { EditorSkeleton } from "./EditorSkeleton";
import { PlanEditor } from "./PlanEditor";
import { usePlan } from "./usePlan";

const words = messages.plans.editor;

/** The editor of the plan with this id, once it is read. */
export function PlanScreen({ id }: { id: string }) {
  const plan = usePlan(id);
  // A plan that was read stays in the editor, whatever a later answer says: nothing typed is lost.
  if (plan.data) return <PlanEditor plan={plan.data} />;
  if (plan.isError) return <NotThere plan={plan} />;
  return <EditorSkeleton />;
}

function NotThere({ plan }: { plan: ReturnType<typeof usePlan> }) {
  const go = useNavigate();
  const { code, message, hint } = refusal(plan.error);
  const gone = code === "no_such_plan";
  const said = gone ? words.none : words.failed;
  return (
    <div className="max-w-[1264px] px-8 py-5">
      <ErrorState
        level="h1"
        title={said.title}
        happened={message}
        means={said.means}
        todo={gone ? words.none.todo : hint}
        action={
          <Button
            variant="primary"
            size="tall"
            busy={plan.isFetching}
            onClick={() => void (gone ? go({ to: "/plans" }) : plan.refetch())}
          >
            {gone ? words.none.action : messages.ui.tryAgain}
          </Button>
        }
      />
    </div>
  );
}
