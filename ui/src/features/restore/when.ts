/** The day and the minute of a backup: Sun 1 Mar, 21:04; with its year where it is another one. */
export function when(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  return new Intl.DateTimeFormat(undefined, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
    ...(at.getFullYear() !== now.getFullYear() && { year: "numeric" }),
  }).format(at);
}
