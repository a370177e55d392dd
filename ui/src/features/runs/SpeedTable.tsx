import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";

const words = messages.runs.speed;

/** The same as the graph, a line a minute. */
export function SpeedTable({ minutes }: { minutes: readonly { ago: number; bytesPerSecond: number }[] }) {
  return (
    <div tabIndex={0} role="region" aria-label={words.tableLabel} className="h-full overflow-y-auto rounded-control border border-line">
      <table className="w-full text-13">
        <thead className="sticky top-0 bg-sunken text-12 text-text-3">
          <tr>
            <th scope="col" className="h-8 px-3 text-left font-medium">
              {words.minute}
            </th>
            <th scope="col" className="px-3 text-right font-medium">
              {words.average}
            </th>
          </tr>
        </thead>
        <tbody>
          {minutes.map(({ ago, bytesPerSecond }) => (
            <tr key={ago} className="border-t border-line">
              <th scope="row" className="h-7 px-3 text-left font-normal">
                {ago === 0 ? words.now : words.ago(count(ago))}
              </th>
              <td className="px-3 text-right font-mono">{messages.runs.progress.perSecond(bytes(bytesPerSecond))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
