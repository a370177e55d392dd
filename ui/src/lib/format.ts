/** Sizes, counts, dates and times in words. Everything the window shows of them comes from here. */

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A size in decimal units, three digits at most: 41.3 GB. */
export function bytes(size: number): string {
  let step = 0;
  let left = Math.max(0, size);
  // Rounding may reach the next unit: 999,999 bytes are 1 MB, not 1,000 kB.
  while (step < units.length - 1 && (step === 0 ? left >= 1000 : left >= 999.5)) {
    left /= 1000;
    step += 1;
  }
  const digits = step === 0 || left >= 99.95 ? 0 : left >= 9.995 ? 1 : 2;
  const unit = units[step];
  if (step === 0 || unit === undefined) return left === 1 ? "1 byte" : `${left} bytes`;
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(undefined, style).format(left);
}

/** A number with its separators: 1,380. */
export function count(of: number): string {
  return new Intl.NumberFormat().format(of);
}

/** A share from 0 to 1, rounded down so that 100 % means done: 61 %. */
export function percent(fraction: number): string {
  const whole = Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
  return new Intl.NumberFormat(undefined, { style: "percent" }).format(whole / 100);
}

/** How long ago something was, in its largest unit: 38 min ago, yesterday, 3 weeks ago. */
export function ago(iso: string, now: Date = new Date()): string {
  const seconds = Math.round((now.getTime() - new Date(iso).getTime()) / 1000);
  // In the language of the window, not in the computer's: it stands in the middle of its sentences.
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
  const said = (amount: number, unit: Intl.RelativeTimeFormatUnit) => words.format(amount, unit).replace(/\./g, "");
  if (Math.abs(seconds) < MINUTE) return "just now";
  if (Math.abs(seconds) < HOUR) return said(-Math.trunc(seconds / MINUTE), "minute");
  if (Math.abs(seconds) < DAY) return said(-Math.trunc(seconds / HOUR), "hour");
  const days = Math.trunc(seconds / DAY);
  if (Math.abs(days) < 14) return said(-days, "day");
  if (Math.abs(days) < 60) return said(-Math.trunc(days / 7), "week");
  if (Math.abs(days) < 730) return said(-Math.trunc(days / 30.44), "month");
  return said(-Math.trunc(days / 365.25), "year");
}

/** The moment to the minute, as this locale and this time zone write it: 25 Nov 2026, 14:00. */
export function moment(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** The time of day to the second, for the lines of a log. */
export function clock(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format(new Date(iso));
}

/** A day with its weekday. A civil date (2026-11-25) is that day in every time zone; a moment is its day here. */
export function day(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" }).format(civil(iso));
}

/** A day without its weekday, for the ends of an axis: 28 Aug. */
export function shortDay(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }).format(civil(iso));
}

/** A date alone is read as midnight here, not in Greenwich: else it would be the day before, west of there. */
function civil(iso: string): Date {
  return new Date(/^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T00:00` : iso);
}

/** How long something takes, roughly: less than a minute, about 9 min, about 2 h 10 min, about 3 days. */
export function duration(seconds: number): string {
  if (seconds < 45) return "less than a minute";
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < 60) return `about ${minutes} min`;
  if (seconds >= 2 * DAY) return `about ${Math.round(seconds / DAY)} days`;
  // An estimate of hours does not know its minutes.
  const rounded = Math.round(minutes / 5) * 5;
  const rest = rounded % 60;
  return `about ${Math.floor(rounded / 60)} h${rest > 0 ? ` ${rest} min` : ""}`;
}

/** How long something took, exactly: 42 s, 9 min 5 s, 2 h 10 min. */
export function took(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / HOUR), "h"],
    [Math.floor((whole % HOUR) / MINUTE), "min"],
    [whole % MINUTE, "s"],
  ] as const;
  const from = parts.findIndex(([amount]) => amount > 0);
  if (from < 0) return "less than a second";
  return parts
    .slice(from, from + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}
