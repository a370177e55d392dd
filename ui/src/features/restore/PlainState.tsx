import { Button } from "../../components/ui/Button";

interface Props {
  title: string;
  why: string;
  action: string;
  busy?: boolean;
  onAction: () => void;
}

/** In place of the files, below the head that names the destination: why, and one action. */
export function PlainState({ title, why, action, busy, onAction }: Props) {
  return (
    <div className="grid grow place-items-center border-t border-line px-8 py-8">
      <div className="flex max-w-[480px] flex-col items-center gap-2 pb-8 text-center">
        <h2 className="text-20 font-strong tracking-[-0.012em] wrap-anywhere">{title}</h2>
        <p className="pb-4 text-text-2 text-pretty">{why}</p>
        <Button variant="primary" size="tall" busy={busy} onClick={onAction}>
          {action}
        </Button>
      </div>
    </div>
  );
}
