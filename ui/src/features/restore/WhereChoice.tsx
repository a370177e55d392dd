import { CopyPlus, FolderOutput, Replace } from "lucide-react";

import { SegmentedChoice } from "../../components/ui/SegmentedChoice";
import { messages } from "../../lib/messages";
import type { Choice } from "./order";

const words = messages.restore.basket;
const options = [
  { value: "keep_both", label: words.keepBoth, icon: CopyPlus },
  { value: "in_place", label: words.inPlace, icon: Replace },
  { value: "elsewhere", label: words.elsewhere, icon: FolderOutput },
] as const;

export function WhereChoice({ chosen, onChoose }: { chosen: Choice; onChoose: (choice: Choice) => void }) {
  return <SegmentedChoice legend={words.where} name="where" options={options} chosen={chosen} onChoose={onChoose} />;
}
