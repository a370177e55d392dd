import { CircleAlert, X } from "lucide-react";
import { Fragment } from "react";

import { Button } from "../../components/ui/Button";
import { bytes, count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Editing } from "./drafts";
import { EditorPanel } from "./EditorPanel";
import { meaning } from "./meaning";
import { RuleField } from "./RuleField";
import type { Match } from "./useMatch";

const words = messages.plans.editor;

interface Props {
  editing: Editing;
  match: Match;
  /** The rule that is being typed; it is counted with the others. */
  typed: string;
  onType: (pattern: string) => void;
}

/** What is left out: a rule a row, with what it means and how much that is now. */
export function RulesPanel({ editing, match, typed, onType }: Props) {
  const { excludes } = editing.draft;
  const head = "h-8 border-b border-line-strong text-12 font-medium text-text-3";
  return (
    <EditorPanel title={words.leaveOut}>
      {excludes.length > 0 && (
        <table className="w-full table-fixed border-t border-line">
          <thead>
            <tr>
              <th scope="col" className={`${head} pl-4 text-left`}>
                {words.rule}
              </th>
              <th scope="col" className={`${head} px-2 text-left`}>
                {words.means}
              </th>
              <th scope="col" className={`${head} w-20 px-2 text-right`}>
                {words.filesHead}
              </th>
              <th scope="col" className={`${head} w-[84px] px-2 text-right`}>
                {words.sizeHead}
              </th>
              <td className={`${head} w-12`} />
            </tr>
          </thead>
          <tbody>
            {excludes.map((pattern) => (
              <RuleRow
                key={pattern}
                pattern={pattern}
                match={match}
                onRemove={() => editing.change({ excludes: excludes.filter((other) => other !== pattern) })}
              />
            ))}
          </tbody>
        </table>
      )}
      <RuleField
        value={typed}
        taken={excludes.includes(typed.trim())}
        match={match}
        onChange={onType}
        onAdd={(pattern) => {
          editing.change({ excludes: [...excludes, pattern] });
          onType("");
        }}
      />
    </EditorPanel>
  );
}

function RuleRow({ pattern, match, onRemove }: { pattern: string; match: Match; onRemove: () => void }) {
  const left = match.leftOut(pattern);
  const refused = match.refusalOf(pattern);
  const number = "border-b border-line px-2 text-right font-mono text-13 whitespace-nowrap";
  const none = <span className="font-sans text-text-3">{match.counting ? "…" : "–"}</span>;
  return (
    <tr>
      <th scope="row" className="h-9 border-b border-line py-1.5 pl-4 text-left font-mono text-13 font-normal wrap-anywhere">
        {pattern.split("/").map((piece, index) => (
          // A long pattern breaks between its folders.
          // eslint-disable-next-line react/no-array-index-key
          <Fragment key={index}>
            {index > 0 && "/"}
            <wbr />
            {piece}
          </Fragment>
        ))}
      </th>
      {refused === undefined ? (
        <>
          <td className="border-b border-line px-2 text-13 text-text-2 wrap-anywhere">{meaning(pattern)}</td>
          <td className={number}>{left ? count(left.files) : none}</td>
          <td className={number}>{left ? bytes(left.bytes) : none}</td>
        </>
      ) : (
        <td colSpan={3} className="border-b border-line px-2 py-1.5 text-13">
          <span role="alert" className="flex items-start gap-1.5 text-pretty wrap-anywhere">
            <CircleAlert aria-hidden className="mt-0.5 size-4 flex-none" strokeWidth={1.75} />
            {refused}
          </span>
        </td>
      )}
      <td className="border-b border-line pr-2 text-right">
        <Button variant="quiet" size="icon" aria-label={words.removeRule(pattern)} onClick={onRemove}>
          <X aria-hidden className="size-4" strokeWidth={1.75} />
        </Button>
      </td>
    </tr>
  );
}
