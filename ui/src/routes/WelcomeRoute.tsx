import { Welcome } from "../features/welcome/Welcome";

/** Where there is nothing yet. */
export function WelcomeRoute() {
  return <Welcome />;
}
