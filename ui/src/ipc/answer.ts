import type { Error as Reason } from "./bindings";

/** The program refused, and said why in words for people. */
export class Failure extends Error {
  constructor(readonly reason: Reason) {
    super(reason.message);
    this.name = "Failure";
  }
}

/** What the program answered; a refusal is thrown as a `Failure`. */
export async function answer<T>(
  asked: Promise<{ status: "ok"; data: T } | { status: "error"; error: Reason }>,
): Promise<T> {
  const result = await asked;
  if (result.status === "error") throw new Failure(result.error);
  return result.data;
}
