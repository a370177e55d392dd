import { Check } from "lucide-react";

import { Keep } from "../../components/ui/Keep";
import { messages } from "../../lib/messages";
import { merge } from "../../lib/merge";

const words = messages.welcome;

/** The strongroom door: the three steps, and how far one is. A band above the steps where there is no room. */
export function Door({ step }: { step: number }) {
  return (
    <aside
      aria-label={words.steps}
      className="relative flex-none overflow-hidden bg-door px-6 py-3 text-on-door min-[960px]:w-[376px] min-[960px]:p-10 max-[1199px]:min-[960px]:w-[312px]"
    >
      <div className="flex items-center gap-3 max-[959px]:float-left max-[959px]:h-7">
        <Keep shape="mark" className="size-7 max-[959px]:size-5" />
        <span className="text-16 font-strong">{messages.frame.product}</span>
      </div>
      <h1 className="sr-only">{words.promise}</h1>
      <p
        aria-hidden
        className="pt-10 text-28 leading-9 font-strong tracking-[-0.02em] text-balance max-[959px]:hidden"
      >
        {words.promise}
      </p>
      <ol className="relative z-1 flex max-[959px]:justify-end max-[959px]:gap-6 min-[960px]:flex-col min-[960px]:pt-10">
        {words.names.map(({ name, detail }, index) => (
          <li
            key={name}
            aria-current={index === step ? "step" : undefined}
            className={merge(
              "relative flex gap-4 text-on-door-2 max-[959px]:gap-2 min-[960px]:pb-6",
              index === step && "text-on-door",
              index < words.names.length - 1 &&
                "min-[960px]:before:absolute min-[960px]:before:top-[30px] min-[960px]:before:bottom-0.5 min-[960px]:before:left-[13.5px] min-[960px]:before:w-px min-[960px]:before:bg-on-door-2/45",
            )}
          >
            <span
              aria-hidden
              className={merge(
                "grid size-7 flex-none place-items-center rounded-full border-[1.5px] border-on-door-2 font-mono text-13 font-medium",
                index === step && "border-on-door bg-on-door text-door",
              )}
            >
              {index < step ? <Check className="size-3.5" strokeWidth={1.75} /> : index + 1}
            </span>
            <span>
              <b className="block text-16 leading-7 font-strong">
                {name}
                {index < step && <span className="sr-only">, {words.done}</span>}
              </b>
              <small className="block text-13 leading-[18px] max-[959px]:hidden">{detail}</small>
            </span>
          </li>
        ))}
      </ol>
      <Silhouette />
    </aside>
  );
}

/** The keep, from near: lamp light in its doorway. */
function Silhouette() {
  return (
    <svg
      viewBox="1.3 0 13.4 13.4"
      aria-hidden
      className="absolute inset-x-0 bottom-0 w-full text-door-2 max-[959px]:hidden [@media(max-height:759px)]:hidden"
    >
      <path fill="currentColor" d="M1 15V4h3v2.4L8 1.2l4 5.2V4h3v11z" />
      <path className="fill-lamp" d="M6.4 15v-3.4a1.6 1.6 0 0 1 3.2 0V15z" opacity=".9" />
    </svg>
  );
}
