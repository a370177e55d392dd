import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileDown, Printer } from "lucide-react";

import { Button } from "../../components/ui/Button";
import { InlineError } from "../../components/ui/InlineError";
import { Path } from "../../components/ui/Path";
import { answer } from "../../ipc/answer";
import { commands } from "../../ipc/bindings";
import { messages } from "../../lib/messages";

/** Writes the kit as a PDF for all destinations, and opens it to be printed. */
export function SaveKit() {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => answer(commands.saveKit([], [])),
    onSettled: () => client.invalidateQueries({ queryKey: ["security"] }),
  });
  const open = useMutation({ mutationFn: () => answer(commands.showKit()) });
  const words = messages.security;
  return (
    <>
      <Button busy={save.isPending} onClick={() => save.mutate()}>
        {!save.isPending && <FileDown aria-hidden className="size-4" strokeWidth={1.75} />}
        {words.save}
      </Button>
      {save.isSuccess && (
        <div role="status" className="order-1 flex max-w-full basis-full flex-wrap items-center gap-x-3 gap-y-2 text-13">
          <span className="flex max-w-full min-w-0 gap-2 text-text-2">
            <span className="flex-none">{words.savedTo}</span>
            <Path path={save.data.path} />
          </span>
          <Button busy={open.isPending} onClick={() => open.mutate()}>
            <Printer aria-hidden className="size-4" strokeWidth={1.75} />
            {words.print}
          </Button>
        </div>
      )}
      <InlineError error={save.error ?? open.error} className="order-1 basis-full" />
    </>
  );
}
