import type { ReactNode } from "react";

import { Notice } from "../../components/ui/Notice";
import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Estimate } from "./estimate";
import type { PlaceChoice } from "./useWhere";

const words = messages.welcome.where;

/** What speaks against the places as they are chosen: too small, or on the disk that they should outlive. */
export function PlaceAdvice({ chosen, total }: { chosen: readonly PlaceChoice[]; total: Estimate }) {
  const small = chosen.filter(({ free }) => free !== null && free < total.bytes);
  const known = chosen.filter(({ offDisk }) => offDisk !== undefined);
  const away = known.some(({ offDisk }) => offDisk === true);
  const unsure = known.some(({ offDisk }) => offDisk === null);
  return (
    <div role="status" className="flex flex-col gap-3 empty:hidden">
      {small.map(({ key, name, free }) => (
        <Advice key={key} title={words.smallTitle(name)}>
          {words.small(bytes(free ?? 0), bytes(total.bytes))}
        </Advice>
      ))}
      {known.length > 0 && !away && (
        <Advice title={unsure ? words.unsureTitle : words.nudgeTitle}>{unsure ? words.unsure : words.nudge}</Advice>
      )}
    </div>
  );
}

function Advice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Notice>
      <b className="font-strong">{title}</b> {children}
    </Notice>
  );
}
