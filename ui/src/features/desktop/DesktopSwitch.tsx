import { InlineError } from "../../components/ui/InlineError";
import { Switch } from "../../components/ui/Switch";
import { messages } from "../../lib/messages";
import { useSetDesktop } from "./useDesktop";

interface Props {
  name: string;
  hint: string;
  which: "setStartAtLogin" | "setNotifications";
  /** `null` where it cannot be told. */
  on: boolean | null;
}

export function DesktopSwitch({ name, hint, which, on }: Props) {
  const change = useSetDesktop(which);
  return (
    <>
      <span className="flex items-start gap-3 py-1.5">
        <Switch
          label={name}
          checked={on === true}
          disabledReason={on === null && messages.desktop.startUnknown}
          onChange={(now) => change.mutate(now)}
        />
        <span className="max-w-[72ch] text-pretty text-text-2">{hint}</span>
      </span>
      <InlineError error={change.error} className="basis-full" />
    </>
  );
}
