import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

export function usePlan(id: string) {
  return useQuery({ queryKey: key("plans", "one", id), queryFn: () => answer(commands.plan(id)) });
}
