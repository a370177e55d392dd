import type { LogEntry } from "../../ipc/bindings";

export interface Filter {
  level: "all" | "warnings" | "errors";
  /** Id. */
  plan: string | null;
  text: string;
}

export const everything: Filter = { level: "all", plan: null, text: "" };

/** Which levels each choice asks for; none means all. */
export const levels: Record<Filter["level"], LogEntry["level"][]> = {
  all: [],
  warnings: ["warning", "error"],
  errors: ["error"],
};

export function filters({ level, plan, text }: Filter): boolean {
  return level !== "all" || plan !== null || text.trim() !== "";
}
