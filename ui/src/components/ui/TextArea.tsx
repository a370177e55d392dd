import type { ComponentProps } from "react";

import { merge } from "../../lib/merge";

type Props = ComponentProps<"textarea"> & {
  /** Keys and certificates. */
  mono?: boolean;
  /** Shown as dots, as a password is. */
  concealed?: boolean;
};

/** Many lines of text. Invalid has an ink edge, never a red one. */
export function TextArea({ mono, concealed, className, ...rest }: Props) {
  return (
    <textarea
      autoComplete="off"
      spellCheck={false}
      className={merge(
        "min-h-20 w-full min-w-0 resize-y rounded-control border border-control-line bg-surface px-2.5 py-1.5 select-text placeholder:text-text-3 placeholder:opacity-100 focus-visible:border-transparent focus-visible:-outline-offset-1 aria-invalid:border-2 aria-invalid:border-text",
        mono && "font-mono text-12",
        concealed && "[-webkit-text-security:disc] placeholder:[-webkit-text-security:none]",
        className,
      )}
      {...rest}
    />
  );
}
