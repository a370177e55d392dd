import { Panel } from "../../components/ui/Panel";
import { messages } from "../../lib/messages";

export function TerminalSteps() {
  const { title, hint, steps } = messages.overview.terminal;
  return (
    <Panel title={title} hint={hint}>
      <ol>
        {steps.map((step, index) => (
          <li key={step.command} className="grid grid-cols-[24px_minmax(0,1fr)] border-t border-line px-6 py-3">
            <span aria-hidden className="font-mono text-13 text-text-3">
              {index + 1}
            </span>
            <div className="min-w-0">
              <div className="flex flex-wrap items-baseline gap-x-3">
                <h3 className="font-medium">{step.title}</h3>
                <p className="text-13 text-text-2">{step.detail}</p>
              </div>
              <code className="take-all mt-2 block rounded-control bg-sunken px-3 py-1.5 font-mono text-13 wrap-anywhere">
                {step.command}
              </code>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
