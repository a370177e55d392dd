import { useQuery } from "@tanstack/react-query";

import { about } from "../../ipc/about";

/** Which program this is; it does not change while the window is open. */
export function useAbout() {
  return useQuery({ queryKey: ["about"], queryFn: about, staleTime: Infinity });
}
