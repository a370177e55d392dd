import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface Props<Value extends string> {
  label: string;
  tabs: readonly { value: Value; label: string; note?: string; content: ReactNode }[];
  chosen: Value;
  onChoose: (value: Value) => void;
}

/** One of several pages in the same place. Arrow keys move between the tabs. */
export function Tabs<Value extends string>({ label, tabs, chosen, onChoose }: Props<Value>) {
  return (
    <Radix.Root value={chosen} onValueChange={(value) => onChoose(value as Value)} className="flex min-h-0 flex-col">
      <Radix.List aria-label={label} className="flex flex-none flex-wrap gap-1 border-b border-line">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px inline-flex h-10 items-center gap-1.5 border-b-2 border-transparent px-3 font-medium text-text-2 hover:text-text focus-visible:-outline-offset-4 data-[state=active]:border-accent data-[state=active]:text-text"
          >
            {tab.label}
            {tab.note && <span className="font-mono text-12 text-text-3">{tab.note}</span>}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="min-h-0 grow focus-visible:outline-offset-4">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
