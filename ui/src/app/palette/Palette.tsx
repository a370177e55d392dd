import { Dialog } from "../../components/ui/Dialog";
import { messages } from "../../lib/messages";
import { PaletteList } from "./PaletteList";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Another screen was chosen: the keyboard belongs there now. */
  onWent: () => void;
}

/** Reaches every screen and every action by typing. */
export function Palette({ open, onOpenChange, onWent }: Props) {
  const { title, hint } = messages.frame.palette;
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={hint}>
      <PaletteList onDone={() => onOpenChange(false)} onWent={onWent} />
    </Dialog>
  );
}
