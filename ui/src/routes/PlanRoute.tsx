import { useParams } from "@tanstack/react-router";

import { PlanEditor } from "../features/planEditor/PlanEditor";
import { PlanScreen } from "../features/planEditor/PlanScreen";

export function PlanRoute() {
  const { plan } = useParams({ from: "/plans/$plan" });
  return plan === "new" ? <PlanEditor plan={undefined} /> : <PlanScreen key={plan} id={plan} />;
}
