import { useEffect, useState } from "react";

import { about } from "../../ipc/about";
import type { About } from "../../ipc/about";

export type AboutState = { status: "reading" } | { status: "failed" } | ({ status: "read" } & About);

export function useAbout(): AboutState {
  const [state, setState] = useState<AboutState>({ status: "reading" });
  useEffect(() => {
    about().then(
      (read) => setState({ status: "read", ...read }),
      () => setState({ status: "failed" }),
    );
  }, []);
  return state;
}
