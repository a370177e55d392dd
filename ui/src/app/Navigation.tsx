import { messages } from "../lib/messages";
import { useDestinations } from "../lib/questions/useDestinations";
import { usePlans } from "../lib/questions/usePlans";
import { NavLink } from "./NavLink";
import { screens } from "./screens";

/** The screens, in the groups of the sidebar. */
export function Navigation({ rail }: { rail: boolean }) {
  const plans = usePlans();
  const destinations = useDestinations();
  const numbers: Partial<Record<string, number | undefined>> = {
    "/plans": plans.data?.length,
    "/destinations": destinations.data?.length,
  };
  const group = (place: string) =>
    screens
      .filter((screen) => screen.place === place)
      .map((screen) => <NavLink key={screen.to} screen={screen} rail={rail} number={numbers[screen.to]} />);
  const { mainNavigation, protect } = messages.frame;
  return (
    <nav aria-label={mainNavigation} className="-m-0.5 flex min-h-0 grow flex-col overflow-y-auto p-0.5">
      {group("top")}
      {rail ? (
        <div aria-hidden className="mx-auto my-2 h-px w-6 flex-none bg-line-strong" />
      ) : (
        <h2 className="px-2 pt-3.5 pb-1 text-12 font-medium text-text-3">{protect}</h2>
      )}
      {group("protect")}
      <div className="mt-auto pt-2">{group("foot")}</div>
    </nav>
  );
}
