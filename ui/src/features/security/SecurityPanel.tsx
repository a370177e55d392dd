import { useState } from "react";

import { Ago } from "../../components/ui/Ago";
import { AskError } from "../../components/ui/AskError";
import { Panel } from "../../components/ui/Panel";
import { SettingRow } from "../../components/ui/SettingRow";
import { Skeleton } from "../../components/ui/Skeleton";
import { messages } from "../../lib/messages";
import { ConfirmKit } from "./ConfirmKit";
import { KitWords } from "./KitWords";
import { SaveKit } from "./SaveKit";
import { useSecurity } from "./useSecurity";

/** Where the key lies, and the recovery kit: saved, confirmed, shown when asked for. */
export function SecurityPanel() {
  const security = useSecurity();
  const [asking, setAsking] = useState(false);
  const words = messages.security;
  if (security.isError) {
    return (
      <Panel title={words.title}>
        <div className="px-6 pb-4">
          <AskError query={security} />
        </div>
      </Panel>
    );
  }
  const known = security.data;
  return (
    <Panel title={words.title}>
      <SettingRow name={words.keychain}>
        <p className="py-1.5 max-w-[72ch] text-pretty">
          {known ? keychain(known.keychain) : <Skeleton label={words.reading} />}
        </p>
      </SettingRow>
      <SettingRow name={words.kit}>
        <div className="flex w-full flex-col gap-3 pt-1.5 pb-3">
          <p className="text-pretty text-text-2">{words.kitWhy}</p>
          <dl className="grid grid-cols-[96px_minmax(0,1fr)] gap-y-1">
            {[
              [words.saved, words.notSaved, known?.kit_saved_at] as const,
              [words.confirmed, words.notConfirmed, known?.kit_confirmed_at] as const,
            ].map(([name, never, at]) => (
              <div key={name} className="contents">
                <dt className="text-13 text-text-3">{name}</dt>
                <dd>{at === undefined ? <Skeleton label={words.reading} /> : <Ago at={at} never={never} />}</dd>
              </div>
            ))}
          </dl>
          {/* The buttons in one line; what each of them brings comes below all of them. */}
          <div className="flex flex-wrap items-center gap-2">
            <SaveKit />
            <ConfirmKit primary={known !== undefined && known.kit_confirmed_at === null} onAsking={setAsking} />
            {/* Words that are on the screen would prove nothing about the paper. */}
            {!asking && <KitWords />}
          </div>
        </div>
      </SettingRow>
    </Panel>
  );
}

const keychain = (state: keyof typeof messages.security.keychainStates) => messages.security.keychainStates[state];
