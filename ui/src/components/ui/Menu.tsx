import type { LucideIcon } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { useRef } from "react";
import type { ReactNode } from "react";

export type MenuItem =
  | "line"
  | { label: string; icon?: LucideIcon; onChoose: () => void; disabledReason?: string | false | undefined };

interface Props {
  /** The button that opens it. */
  children: ReactNode;
  items: readonly MenuItem[];
}

/** Further actions behind a button. Not modal: a modal one brings a style sheet that the window's policy refuses. */
export function Menu({ children, items }: Props) {
  // It is done once the menu gives the keyboard back to its button: what it opens takes it from there.
  const chosen = useRef<() => void>(undefined);
  const closed = () => {
    const choose = chosen.current;
    chosen.current = undefined;
    choose?.();
  };
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={closed}
          className="z-30 min-w-48 rounded-panel border border-line-strong bg-raised p-1 text-13 shadow-3 outline-none"
        >
          {items.map((item, index) =>
            item === "line" ? (
              // A line has no name; its place among the entries is fixed.
              // eslint-disable-next-line react/no-array-index-key
              <Radix.Separator key={`line-${index}`} className="my-1 h-px bg-line" />
            ) : (
              <Entry key={item.label} item={item} onChoose={() => (chosen.current = item.onChoose)} />
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({ item, onChoose }: { item: Exclude<MenuItem, "line">; onChoose: () => void }) {
  const Icon = item.icon;
  const blocked = Boolean(item.disabledReason);
  return (
    <Radix.Item
      aria-disabled={blocked || undefined}
      onSelect={(event) => {
        if (blocked) event.preventDefault();
        else onChoose();
      }}
      className="flex min-h-8 items-center gap-2.5 rounded-chip px-2 outline-none data-highlighted:bg-hover"
    >
      {Icon && <Icon aria-hidden className="size-4 flex-none text-text-3" strokeWidth={1.75} />}
      <span className={blocked ? "text-text-3" : ""}>
        {item.label}
        {blocked && <span className="block text-12 text-text-2">{item.disabledReason}</span>}
      </span>
    </Radix.Item>
  );
}
