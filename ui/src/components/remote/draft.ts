import type { DestinationEntry, DestinationKind, KindField, KindPreset, Remedy, RemoteOrder } from "../../ipc/bindings";

/** What has been said so far about a destination that is no folder of this computer. */
export interface Draft {
  kind: DestinationKind;
  /** The service, where a known one was chosen. */
  preset: string | null;
  values: Readonly<Record<string, string>>;
  /** Those that were typed; of a destination that is there already, the others stay as they are. */
  secrets: Readonly<Record<string, string>>;
  /** The destination that is changed. */
  of: string | null;
}

export const blank = (kind: DestinationKind): Draft => ({ kind, preset: null, values: {}, secrets: {}, of: null });

/** What was said about one that is there already; nothing where this version does not know its kind. */
export function draftOf(entry: DestinationEntry, kinds: readonly DestinationKind[]): Draft | undefined {
  const kind = kinds.find(({ id }) => id === entry.remote?.kind);
  if (!kind || !entry.remote) return undefined;
  return { ...blank(kind), preset: entry.remote.preset, values: entry.remote.values, of: entry.id };
}

export const presetOf = ({ kind, preset }: Draft): KindPreset | undefined => kind.presets.find(({ id }) => id === preset);

/** Whether a field is asked, with what was said so far. */
export function isShown(field: KindField, draft: Draft): boolean {
  if (presetOf(draft)?.hides.includes(field.key)) return false;
  if (!field.shown_if) return true;
  const { field: other, values } = field.shown_if;
  const usual = draft.kind.fields.find(({ key }) => key === other)?.default ?? "";
  return values.includes(draft.values[other] || usual);
}

/** The fields that are asked, in their order. */
export const shownOf = (draft: Draft): KindField[] => draft.kind.fields.filter((field) => isShown(field, draft));

/** Only what is asked is sent: what a hidden field holds was said about something else. */
export function orderOf(draft: Draft, name: string | null): RemoteOrder {
  const shown = shownOf(draft);
  const pick = (from: Readonly<Record<string, string>>, secret: boolean) =>
    Object.fromEntries(
      shown.flatMap(({ key, secret: is }) => (is === secret && from[key] !== undefined ? [[key, from[key]]] : [])),
    );
  return {
    kind: draft.kind.id,
    preset: draft.preset,
    name,
    values: pick(draft.values, false),
    secrets: pick(draft.secrets, true),
    of: draft.of,
  };
}

/** With what a destination showed of itself, and a person believes. */
export function mended(draft: Draft, { field, value }: Remedy): Draft {
  return { ...draft, values: { ...draft.values, [field]: value } };
}

/** The folder that a folder lies in; nothing above the topmost. */
export function above(folder: string): string | undefined {
  if (folder === "" || folder === "/") return undefined;
  const cut = folder.replace(/\/+$/, "").lastIndexOf("/");
  if (cut < 0) return "";
  return cut === 0 ? "/" : folder.slice(0, cut);
}

/** A folder in another one. */
export const within = (folder: string, name: string) => (folder === "" ? name : `${folder.replace(/\/+$/, "")}/${name}`);
