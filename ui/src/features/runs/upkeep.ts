/** What a verification or a clean-up came to. */

import type { RunEntry, RunResult } from "../../ipc/bindings";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { End } from "./stage";

const words = messages.runs.sentences;
type Of<Kind extends RunResult["kind"]> = Extract<RunResult, { kind: Kind }>;

/** Whether a run is about a destination as a whole, instead of about files. */
export const isUpkeep = ({ kind }: Pick<RunEntry, "kind">) => kind === "verify" || kind === "prune";

/** Whether it found that backups are damaged: the one end of a verification that says something about protection. */
export const foundDamage = ({ kind, error }: Pick<RunEntry, "kind" | "error">) =>
  kind === "verify" && error?.code === "damaged";

/** How a verification ended, in sentences. */
export function verifiedSentences(result: Of<"verified">): string[] {
  const { depth, backups, bytes: all, bytes_read, remarks } = result;
  if (backups === 0) return [words.nothingToVerify];
  const proof = {
    everything: words.whole(count(backups), bytes(all)),
    sample: words.wholeTenth(bytes(bytes_read), bytes(all)),
    structure: words.wholeStructure(count(backups)),
  }[depth];
  return remarks > 0 ? [proof, words.remarks(count(remarks))] : [proof];
}

/** How a clean-up ended, in sentences. */
export function cleanedUpSentences({ bytes_freed, bytes_waiting }: Of<"cleaned_up">): string[] {
  return [
    bytes_freed > 0 ? words.freed(bytes(bytes_freed)) : words.nothingFreed,
    ...(bytes_waiting > 0 ? [words.waits(bytes(bytes_waiting))] : []),
    words.backupsStay,
  ];
}

/** How either ended; nothing for other runs. What is not known is not said. */
export function upkeepSentences({ kind, result }: RunEntry, end: Exclude<End, "FAILED">): string[] | undefined {
  if (kind === "verify") {
    if (end === "CANCELLED") return [words.cancelledVerify];
    return result?.kind === "verified" ? verifiedSentences(result) : [words.done];
  }
  if (kind === "prune") {
    if (end === "CANCELLED") return [words.cancelledCleanUp];
    return result?.kind === "cleaned_up" ? cleanedUpSentences(result) : [words.done];
  }
  return undefined;
}

/** The numbers of either, with their names. */
export function upkeepFacts(result: RunResult): [string, string][] {
  const { facts } = messages.runs;
  if (result.kind === "cleaned_up") {
    return [
      [facts.freed, bytes(result.bytes_freed)],
      [facts.waiting, bytes(result.bytes_waiting)],
      [facts.rewritten, bytes(result.bytes_rewritten)],
    ];
  }
  return [
    [facts.depth, facts.depths[result.depth]],
    [facts.sound, count(result.backups)],
    [facts.used, bytes(result.bytes)],
    [facts.received, bytes(result.bytes_read)],
    [facts.errors, count(result.errors)],
    [facts.remarks, count(result.remarks)],
  ];
}
