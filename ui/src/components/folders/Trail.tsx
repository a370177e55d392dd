import { ChevronRight, CornerLeftUp } from "lucide-react";
import { Fragment } from "react";

import { Button } from "../ui/Button";
import type { FolderListing, PathText } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { CutName } from "./CutName";

const words = messages.folders;

/** How many of the last folders are named; those before them stand behind one button. */
const named = 3;

interface Props {
  listing: FolderListing;
  onOpen: (path: PathText) => void;
}

/** From the root, or the home, to the folder that is open. */
export function Trail({ listing, onOpen }: Props) {
  const { trail, parent } = listing;
  const [first, ...rest] = trail;
  const last = rest.slice(-named);
  const between = rest.length > named ? rest[rest.length - named - 1] : undefined;
  const steps = [first, ...last].filter((step) => step !== undefined);
  return (
    <div className="flex min-w-0 grow items-center gap-1">
      <Button
        variant="quiet"
        size="icon"
        aria-label={words.up}
        title={words.up}
        className={parent ? "" : "invisible"}
        onClick={() => parent && onOpen(parent)}
      >
        <CornerLeftUp aria-hidden className="size-4" strokeWidth={1.75} />
      </Button>
      <nav aria-label={words.trail} className="min-w-0">
        <ol className="flex flex-wrap items-center gap-x-0.5">
          {steps.map((step, index) => (
            <Fragment key={step.path.path}>
              {index > 0 && <Chevron />}
              {index === 1 && between && (
                <>
                  <li>
                    <Step name="…" label={words.earlier} onClick={() => onOpen(between.path)} />
                  </li>
                  <Chevron />
                </>
              )}
              <li className="min-w-0">
                <Step name={step.name} current={index === steps.length - 1} onClick={() => onOpen(step.path)} />
              </li>
            </Fragment>
          ))}
        </ol>
      </nav>
    </div>
  );
}

function Chevron() {
  return <ChevronRight aria-hidden className="size-3.5 flex-none text-text-3" strokeWidth={1.75} />;
}

function Step({ name, label, current, onClick }: { name: string; label?: string; current?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-current={current ? "location" : undefined}
      onClick={onClick}
      className="flex h-6 max-w-[136px] items-center rounded-chip px-1 text-13 text-text-2 hover:bg-hover hover:text-text aria-[current]:font-medium aria-[current]:text-text"
    >
      <CutName name={name} />
    </button>
  );
}
