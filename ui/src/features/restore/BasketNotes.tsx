import { Path } from "../../components/ui/Path";
import type { RestorePreview } from "../../ipc/bindings";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Choice, Hindrance } from "./order";

const words = messages.restore.basket;

interface Props {
  id: string;
  choice: Choice;
  /** Unknown while it is counted. */
  preview: RestorePreview | undefined;
  hindrance: Hindrance | null;
  free: string;
  onOtherFolder: () => void;
}

/** What the restore would do, before it is pressed. Its line is always there, so that nothing jumps. */
export function BasketNotes({ id, choice, preview, hindrance, free, onOtherFolder }: Props) {
  const says = preview && sentences(preview, choice, hindrance, free);
  const examples = preview?.conflict_examples.slice(0, 1) ?? [];
  return (
    <div id={id} aria-live="polite" className="mt-1.5 flex min-h-5 flex-wrap items-center gap-x-3 gap-y-0.5 text-13 text-text-2">
      {!preview && words.countingReason}
      {preview && (
        <span className="flex max-w-full min-w-0 items-center gap-1.5">
          {choice === "elsewhere" ? words.into : words.to}
          {choice === "elsewhere" && <Path path={preview.target.path} />}
        </span>
      )}
      {choice === "elsewhere" && (
        <button
          type="button"
          onClick={onOtherFolder}
          className="min-h-6 rounded-chip text-accent-text underline decoration-accent-line underline-offset-3 hover:decoration-current"
        >
          {words.changeFolder}
        </button>
      )}
      {says?.map((sentence) => (
        <span key={sentence} className="font-medium text-text">
          {sentence}
        </span>
      ))}
      {examples.map((path) => (
        <span key={path} className="flex max-w-full min-w-0 items-center gap-1.5">
          {words.such}
          <Path path={path} />
        </span>
      ))}
    </div>
  );
}

function sentences(preview: RestorePreview, choice: Choice, hindrance: Hindrance | null, free: string): string[] {
  const conflicts = count(preview.conflicts);
  const says: string[] = [];
  if (hindrance === "empty") says.push(words.emptyReason);
  if (hindrance === "space") says.push(words.spaceReason(bytes(preview.bytes), free));
  if (hindrance === "occupied") says.push(words.emptyFolderReason(conflicts));
  if (preview.conflicts > 0 && choice === "keep_both") says.push(words.beside(conflicts));
  if (preview.conflicts > 0 && choice === "in_place") says.push(words.replaced(conflicts));
  if (preview.unreadable.length > 0) says.push(words.unreadable(count(preview.unreadable.length)));
  return says;
}
