import { useId } from "react";
import type { ReactNode } from "react";

import { merge } from "../../lib/merge";

const body = "M1 15V4h3v2.4L8 1.2l4 5.2V4h3v11z";
const door = `${body}M6 15h4v-3.6a2 2 0 0 0-4 0z`;
/** Only the walls: something is absent. */
const hollow = `${body}M2.6 13.4V8h1.9L8 3.7 11.5 8h1.9v5.4z`;
const cut = { fill: "none", stroke: "#000", strokeLinecap: "square", strokeLinejoin: "miter" } as const;
const badge = { cx: 11.2, cy: 11.2 };

/** What is cut out of the walls of each shape; whole when calm, badged when a person is needed, else hollow. */
const masks: Partial<Record<KeepShape, ReactNode>> = {
  protected: <path {...cut} strokeWidth="1.9" d="M5 10.7l2.2 2.2 3.9-4.2" />,
  working: <path {...cut} strokeWidth="1.8" d="M8 13.4V8.6M5.6 10.4 8 8l2.4 2.4" />,
  warning: <path fill="#000" stroke="#000" strokeWidth="2.4" d="M11 6.6 16.2 16H5.8z" />,
  failed: <circle fill="#000" {...badge} r="6" />,
  destination_missing: <path {...cut} strokeLinecap="butt" strokeWidth="4.4" d="M-1 1.5 15 17.5" />,
};

const walls: Record<KeepShape, string> = {
  mark: door,
  protected: body,
  working: body,
  paused: `${body}M5 8h2v5H5zM9 8h2v5H9z`,
  warning: body,
  failed: body,
  not_set_up: hollow,
  destination_missing: hollow,
};

export type KeepShape =
  | "mark"
  | "protected"
  | "working"
  | "paused"
  | "warning"
  | "failed"
  | "not_set_up"
  | "destination_missing";

/** The keep: one silhouette, whose filling says the state beside its word. */
export function Keep({ shape, className }: { shape: KeepShape; className?: string | undefined }) {
  const id = useId();
  const mask = masks[shape];
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" fillRule="evenodd" aria-hidden className={merge("flex-none", className)}>
      {mask && (
        <mask id={id} maskUnits="userSpaceOnUse" x="0" y="0" width="16" height="16">
          <path fill="#fff" d="M0 0h16v16H0z" />
          {mask}
        </mask>
      )}
      <path d={walls[shape]} mask={mask ? `url(#${id})` : undefined} />
      <Badge shape={shape} id={`${id}b`} />
    </svg>
  );
}

/** What stands before the walls. */
function Badge({ shape, id }: { shape: KeepShape; id: string }) {
  if (shape === "warning") return <path d="M11 6.6 16.2 16H5.8zM10.3 10h1.4v3h-1.4zM10.3 13.8h1.4v1.2h-1.4z" />;
  if (shape === "not_set_up") return <path d="M6.6 14h2.8v-2.6a1.4 1.4 0 0 0-2.8 0z" />;
  if (shape === "destination_missing")
    return <path fill="none" stroke="currentColor" strokeWidth="1.7" d="M1 2.5 14.6 16" />;
  if (shape !== "failed") return null;
  return (
    <>
      <mask id={id} maskUnits="userSpaceOnUse" x="0" y="0" width="16" height="16">
        <path fill="#fff" d="M0 0h16v16H0z" />
        <path {...cut} strokeWidth="1.6" d="M9.6 9.6l3.2 3.2M12.8 9.6l-3.2 3.2" />
      </mask>
      <circle {...badge} r="4.8" mask={`url(#${id})`} />
    </>
  );
}
