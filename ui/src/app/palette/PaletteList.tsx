import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useState } from "react";

import { Key } from "../../components/ui/Key";
import { messages } from "../../lib/messages";
import { usePreference } from "../../lib/preference";
import { useSidebar } from "../../lib/sidebar";
import { theme } from "../../lib/theme";
import { screens } from "../screens";
import { actions } from "./actions";
import { matches } from "./matches";
import { PaletteEntry } from "./PaletteEntry";
import { PaletteFoot } from "./PaletteFoot";

const words = messages.frame.palette;

const group =
  "[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-text-3";

export function PaletteList({ onDone, onGo }: { onDone: () => void; onGo: () => void }) {
  const [query, setQuery] = useState("");
  const navigate = useNavigate();
  const now = { theme: usePreference(theme), ...useSidebar() };

  return (
    <Command label={words.title} filter={matches} loop className="flex min-h-0 flex-col">
      <div className="flex h-14 flex-none items-center gap-3 border-b border-line px-4">
        <Search aria-hidden className="size-5 flex-none" strokeWidth={1.75} />
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder={messages.frame.find}
          aria-label={words.title}
          className="h-full min-w-0 grow bg-transparent text-16 outline-none placeholder:text-text-3 placeholder:opacity-100"
        />
        <Key>{words.close}</Key>
      </div>
      {/* Beside the list: a list box may hold nothing but its options. */}
      <Command.Empty className="px-4 pt-6 pb-3 text-text-2 wrap-anywhere">{words.none(query.trim())}</Command.Empty>
      <Command.List label={words.title} className="min-h-0 overflow-y-auto p-1 pb-2">
        <Command.Group heading={words.goTo} className={group}>
          {screens.map((screen) => (
            <PaletteEntry
              key={screen.to}
              icon={screen.icon}
              label={screen.label}
              words={screen.words}
              query={query}
              onSelect={() => {
                onGo();
                onDone();
                void navigate({ to: screen.to });
              }}
            />
          ))}
        </Command.Group>
        <Command.Group heading={words.actions} className={group}>
          {actions(now).map(({ run, ...action }) => (
            <PaletteEntry
              key={action.label}
              {...action}
              query={query}
              onSelect={() => {
                onDone();
                run();
              }}
            />
          ))}
        </Command.Group>
      </Command.List>
      <PaletteFoot />
    </Command>
  );
}
