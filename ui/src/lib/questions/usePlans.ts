import { useQuery } from "@tanstack/react-query";

import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { key } from "../../ipc/keys";

export function usePlans() {
  return useQuery({ queryKey: key("plans"), queryFn: () => answer(commands.plans()) });
}
