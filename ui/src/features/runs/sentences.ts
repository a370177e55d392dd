import type { RunEntry } from "../../ipc/bindings";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { End } from "./stage";
import { upkeepSentences } from "./upkeep";

const words = messages.runs.sentences;

/** How a run ended, in sentences. What was not proved is not said. */
export function sentencesOf(run: RunEntry, end: Exclude<End, "FAILED">): string[] {
  const skipped = count(run.files_skipped);
  const proof = run.verified ? words.readBack : words.notReadBack;
  if (run.kind === "backup") {
    if (end === "CANCELLED") return [words.cancelledBackup];
    if (end === "PARTIAL_SUCCESS") return [words.partly(skipped), proof];
    return [words.backedUp(count(run.files_total), run.destination), proof];
  }
  if (run.kind === "restore") {
    const compared = run.verified ? words.compared : words.notCompared;
    if (end === "CANCELLED") return [words.cancelledRestore];
    if (end === "PARTIAL_SUCCESS") return [words.partlyRestored(skipped), compared];
    return [words.restored(count(run.files_total)), compared];
  }
  const upkeep = upkeepSentences(run, end);
  if (upkeep) return upkeep;
  if (end === "CANCELLED") return [words.cancelled];
  return [end === "PARTIAL_SUCCESS" ? words.partlyDone(skipped) : words.done];
}
