import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import { Sum } from "./StepPage";
import type { Estimate } from "./estimate";

/** How much was chosen, as far as it is counted. */
export function WhatSum({ chosen, total }: { chosen: number; total: Estimate }) {
  const words = messages.welcome.what;
  if (chosen === 0) return <Sum head={words.nothingYet} detail={words.noneYet} />;
  const { files, counting, failed } = total;
  if (counting && files === 0) return <Sum head={words.startsCounting} detail={words.takesNoTime} />;
  const detail = counting || failed ? words.total(count(files), counting) : words.totalSure(files, count(files));
  return <Sum head={bytes(total.bytes)} detail={failed ? `${detail}; ${words.someUnknown}` : detail} />;
}
