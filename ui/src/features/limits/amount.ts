/** A limit of bytes a second, as a person writes it. The program counts in KiB. */

export const units = { KiB: 1, MiB: 1024 } as const;
export type Unit = keyof typeof units;

export interface Amount {
  text: string;
  unit: Unit;
}

/** Below it nobody copies anything; above it no connection is. */
const MOST = 2 ** 40;

/** In MiB where two digits say all of it. */
export function shown(kib: number): Amount {
  const mib = kib / units.MiB;
  const exact = mib >= 1 && Number.isInteger(mib * 100);
  return exact ? { text: String(mib), unit: "MiB" } : { text: String(kib), unit: "KiB" };
}

/** In whole KiB; nothing where it is no such number. */
export function kibOf({ text, unit }: Amount): number | null {
  const typed = text.trim().replace(",", ".");
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(typed)) return null;
  const kib = Math.round(Number(typed) * units[unit]);
  return kib >= 1 && kib < MOST ? kib : null;
}

/** The same in words. */
export function said(kib: number): string {
  const { text, unit } = shown(kib);
  return `${text} ${unit}/s`;
}
