import { useCommandState } from "cmdk";

import { Key } from "../../components/ui/Key";
import { messages } from "../../lib/messages";

export function PaletteFoot() {
  const count = useCommandState((state) => state.filtered.count);
  const words = messages.frame.palette;
  return (
    <footer className="flex h-10 flex-none items-center gap-4 border-t border-line bg-surface px-4 text-12 text-text-3">
      <span className="flex items-center gap-1.5">
        <Key>↑</Key>
        <Key>↓</Key>
        {words.move}
      </span>
      <span className="flex items-center gap-1.5">
        <Key>Enter</Key>
        {words.open}
      </span>
      <span aria-live="polite" className="ml-auto">
        {words.results(count)}
      </span>
    </footer>
  );
}
