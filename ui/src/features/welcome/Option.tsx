import type { LucideIcon } from "lucide-react";
import type { ReactNode, Ref } from "react";

import { CutName } from "../../components/folders/CutName";
import { Checkbox } from "../../components/ui/Checkbox";
import { Path } from "../../components/ui/Path";

interface Props {
  icon: LucideIcon;
  name: string;
  /** Shown before the detail. */
  path?: string | undefined;
  detail: ReactNode;
  /** What is known of it, at the end of the row. */
  state: ReactNode;
  chosen: boolean;
  onChoose: (on: boolean) => void;
  /** The box that chooses it, for the keyboard. */
  box?: Ref<HTMLButtonElement> | undefined;
  /** What else can be done with it, after the row. */
  actions?: ReactNode;
  /** Below the row: what went wrong with it. */
  children?: ReactNode;
}

/** A folder or a place that can be chosen. The whole row is its label. */
export function Option({ icon: Icon, name, path, detail, state, chosen, onChoose, box, actions, children }: Props) {
  return (
    <li className="border-t border-line first:border-t-0">
      <div className="flex items-center hover:bg-hover">
        <label className="grid min-h-14 min-w-0 grow grid-cols-[16px_20px_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-1.5">
          <Checkbox ref={box} label={name} checked={chosen} onChange={onChoose} />
          <Icon aria-hidden className="size-5" strokeWidth={1.75} />
          <span className="min-w-0 leading-[18px]">
            <CutName name={name} className="font-medium" />
            <span className="flex flex-wrap items-center gap-x-1.5 text-12 text-text-2">
              {path !== undefined && <Path path={path} className="text-12" />}
              {path !== undefined && detail !== undefined && <span aria-hidden>·</span>}
              {detail}
            </span>
          </span>
          {state}
        </label>
        {actions}
      </div>
      {children}
    </li>
  );
}
