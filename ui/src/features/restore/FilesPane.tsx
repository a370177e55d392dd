import { AskAgain } from "./AskAgain";
import { InlineError } from "../../components/ui/InlineError";
import { Skeleton } from "../../components/ui/Skeleton";
import { count } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Basket } from "./basket";
import { FileTree } from "./FileTree";
import { FilterField } from "./FilterField";
import { TOP } from "./rows";
import type { Row } from "./rows";
import type { useFileTree } from "./useFileTree";

const words = messages.restore.tree;
const lines = ["w-40", "w-56", "w-48", "w-64", "w-44", "w-52"];

interface Props {
  tree: ReturnType<typeof useFileTree>;
  label: string;
  basket: Basket;
  onToggle: (row: Row) => void;
}

/** The left pane: a filter, how much is chosen, and the tree. */
export function FilesPane({ tree, label, basket, onToggle }: Props) {
  const folder = tree.folder?.item.name ?? words.top;
  const inside = tree.listings.get(tree.folder?.key ?? TOP);
  const of = inside?.state === "read" ? inside.items.length : 0;
  const shown = tree.rows.find(({ parent }) => (parent?.key ?? TOP) === (tree.folder?.key ?? TOP))?.siblings ?? 0;
  const failed = [...tree.listings].find(([, listing]) => listing.state === "failed");
  const [failedFolder, failure] = failed ?? [];
  return (
    <section aria-label={words.title} className="flex min-h-0 min-w-0 flex-col bg-surface">
      <div className="flex min-h-9 flex-none flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1">
        <h2 className="text-13 font-strong">{words.title}</h2>
        <FilterField folder={folder} text={tree.text} onText={tree.narrow} />
        <span aria-live="polite" className="ml-auto text-12 text-text-3">
          {tree.text !== "" ? words.found(count(shown), count(of)) : basket.chosen.size > 0 && words.chosen(count(basket.chosen.size))}
        </span>
      </div>
      {failure?.state === "failed" && (
        <InlineError
          error={failure.why}
          className="m-3"
          action={<AskAgain busy={tree.asking} onAsk={() => tree.readAgain(failedFolder ?? TOP)} />}
        />
      )}
      {tree.text !== "" && shown === 0 && (
        <p className="px-4 pt-3 text-13 text-text-2">{words.none(tree.text, folder)}</p>
      )}
      {tree.rows.length > 0 ? (
        <FileTree
          label={label}
          rows={tree.rows}
          basket={basket}
          active={tree.active}
          looking={tree.row !== null}
          stale={tree.stale}
          onActive={tree.go}
          onOpen={tree.setOpen}
          onToggle={onToggle}
        />
      ) : tree.top?.state === "read" ? (
        tree.text === "" && <p className="p-4 text-13 text-text-2">{words.empty}</p>
      ) : (
        tree.top?.state !== "failed" && (
          <div className="flex flex-col gap-4 p-4">
            {lines.map((width) => (
              <Skeleton key={width} label={words.readingAll} className={width} />
            ))}
          </div>
        )
      )}
    </section>
  );
}
