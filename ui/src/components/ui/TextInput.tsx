import type { ComponentProps } from "react";

import { merge } from "../../lib/merge";

type Props = ComponentProps<"input"> & {
  /** Paths and codes. */
  mono?: boolean;
  tall?: boolean;
};

/** One line of text. Invalid has an ink edge, never a red one. */
export function TextInput({ mono, tall, className, ...rest }: Props) {
  return (
    <input
      type="text"
      autoComplete="off"
      spellCheck={false}
      className={merge(
        "h-8 w-full min-w-0 rounded-control border border-control-line bg-surface px-2.5 select-text placeholder:text-text-3 placeholder:opacity-100 read-only:border-dashed read-only:bg-sunken focus-visible:border-transparent focus-visible:-outline-offset-1 aria-invalid:border-2 aria-invalid:border-text",
        tall && "h-10 text-16",
        mono && "font-mono text-13",
        className,
      )}
      {...rest}
    />
  );
}
