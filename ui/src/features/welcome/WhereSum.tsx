import { duration } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Estimate } from "./estimate";
import { Sum } from "./StepPage";
import type { PlaceChoice } from "./useWhere";

const words = messages.welcome.where;

/** How many places, and how long the first copy takes on the slowest of them. */
export function WhereSum({ chosen, total }: { chosen: readonly PlaceChoice[]; total: Estimate }) {
  const away = chosen.filter(({ offDisk }) => offDisk === true).length;
  return <Sum head={words.summary(chosen.length, away)} detail={chosen.length === 0 ? words.noneYet : takes(chosen, total)} />;
}

function takes(chosen: readonly PlaceChoice[], total: Estimate): string {
  const speeds = chosen.map(({ trial }) => trial?.done?.bytes_per_second ?? 0);
  const slowest = Math.min(...speeds);
  if (total.counting || total.failed || slowest === 0) return words.unknown;
  return words.takes(duration(total.bytes / slowest));
}
