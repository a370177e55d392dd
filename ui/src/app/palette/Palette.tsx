import { useEffect, useRef } from "react";
import type { RefObject } from "react";

import { Dialog } from "../../components/ui/Dialog";
import { messages } from "../../lib/messages";
import { PaletteList } from "./PaletteList";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onBackUp: (plans: string[]) => void;
  onVerify: (destination: string) => void;
  /** Where the keyboard belongs once another screen was chosen. */
  screen: RefObject<HTMLElement | null>;
}

/** Reaches every screen, plan, destination and action by typing. */
export function Palette({ open, onOpenChange, onBackUp, onVerify, screen }: Props) {
  const focusNext = useRef<HTMLElement>(null);
  const { title, hint } = messages.frame.palette;
  useEffect(() => {
    if (open) focusNext.current = null;
  }, [open]);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={hint} focusNext={focusNext}>
      <PaletteList
        onBackUp={onBackUp}
        onVerify={onVerify}
        onDone={() => onOpenChange(false)}
        onGo={() => {
          focusNext.current = screen.current;
        }}
      />
    </Dialog>
  );
}
