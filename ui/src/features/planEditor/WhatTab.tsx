import { Notice } from "../../components/ui/Notice";
import { messages } from "../../lib/messages";
import type { Editing } from "./drafts";
import { FoldersPanel } from "./FoldersPanel";
import { MatchPanel } from "./MatchPanel";
import { RulesPanel } from "./RulesPanel";
import type { Match } from "./useMatch";

const words = messages.plans.editor;

interface Props {
  editing: Editing;
  match: Match;
  typed: string;
  onType: (pattern: string) => void;
}

/** Folders and rules, beside what they come to. */
export function WhatTab({ editing, match, typed, onType }: Props) {
  const { sources, excludes } = editing.draft;
  return (
    <div className="grid items-start gap-x-6 gap-y-3 pt-4 min-[1080px]:grid-cols-[minmax(0,1fr)_304px]">
      <div className="flex min-w-0 flex-col gap-3">
        <FoldersPanel editing={editing} match={match} />
        <RulesPanel editing={editing} match={match} typed={typed} onType={onType} />
        <Notice>{words.readOnly}</Notice>
      </div>
      <aside aria-label={words.effect} className="min-w-0">
        <MatchPanel
          match={match}
          some={sources.length > 0}
          ruleRefused={[...excludes, typed.trim()].some((pattern) => match.refusalOf(pattern) !== undefined)}
          rules={excludes}
        />
      </aside>
    </div>
  );
}
