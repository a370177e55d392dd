import { PlansScreen } from "../features/plans/PlansScreen";

export function PlansRoute() {
  return <PlansScreen />;
}
