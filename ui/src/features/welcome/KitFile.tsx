import { Download, Printer } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Path } from "../../components/ui/Path";
import { messages } from "../../lib/messages";
import type { Places, useSaveKit } from "./useSaveKit";
import { useShowKit } from "./useSaveKit";

const words = messages.welcome.key;

/** The kit on paper: saved as a PDF, then opened to be printed. */
export function KitFile({ save, places }: { save: ReturnType<typeof useSaveKit>; places: Places }) {
  const show = useShowKit();
  // The kit names the places: one that was saved for others is not this one.
  const current = JSON.stringify(save.variables) === JSON.stringify(places);
  const saved = current ? save.data : undefined;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Button variant={saved ? "secondary" : "primary"} busy={save.isPending} onClick={() => save.mutate(places)}>
          {!save.isPending && <Download aria-hidden className="size-4" strokeWidth={1.75} />}
          {words.save}
        </Button>
        {saved && (
          <Button variant="primary" busy={show.isPending} onClick={() => show.mutate()}>
            {!show.isPending && <Printer aria-hidden className="size-4" strokeWidth={1.75} />}
            {words.print}
          </Button>
        )}
        <p role="status" className="flex min-w-0 flex-wrap items-baseline gap-x-1.5 text-13 text-text-2">
          {saved && (
            <>
              {words.saved} <Path path={saved.path} className="select-text" />
            </>
          )}
        </p>
      </div>
      <InlineError error={save.error ?? show.error} />
    </div>
  );
}
