import { CircleAlert } from "lucide-react";
import { useId } from "react";
import type { ReactNode } from "react";

interface Props {
  label: string;
  hint?: string | undefined;
  /** What is wrong with it, as a sentence with an example; ink and an icon, never red. */
  invalid?: string | undefined;
  /** The control; spread what it is given on it. */
  children: (control: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}

/** A label over a control, and below it what helps or what is wrong. */
export function Field({ label, hint, invalid, children }: Props) {
  const id = useId();
  const said = invalid ?? hint;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-12 font-medium text-text-3">
        {label}
      </label>
      {children({
        id,
        ...(said && { "aria-describedby": `${id}-said` }),
        ...(invalid && { "aria-invalid": true }),
      })}
      {said && (
        <p
          id={`${id}-said`}
          role={invalid ? "alert" : undefined}
          className={invalid ? "flex items-start gap-1.5 text-12" : "text-12 text-text-2"}
        >
          {invalid && <CircleAlert aria-hidden className="size-3.5 flex-none translate-y-px" strokeWidth={1.75} />}
          {said}
        </p>
      )}
    </div>
  );
}
