/** How much a stop of the time line stands out. */
export type Rank = "month" | "day" | "other";

/** For each time, oldest first: whether it is the first of its month, or of its day, here where one lives. */
export function ranks(times: readonly string[]): Rank[] {
  let before = { month: "", day: "" };
  return times.map((time) => {
    const at = new Date(time);
    const month = `${at.getFullYear()}-${at.getMonth()}`;
    const day = `${month}-${at.getDate()}`;
    const rank = month !== before.month ? "month" : day !== before.day ? "day" : "other";
    before = { month, day };
    return rank;
  });
}

/** Where a stop stands between 0 and 1; a single one stands at the end. */
export function placeOf(index: number, count: number): number {
  return count <= 1 ? 1 : index / (count - 1);
}

/** The stop nearest to a place between 0 and 1. */
export function stopAt(place: number, count: number): number {
  return Math.round(Math.min(1, Math.max(0, place)) * (count - 1));
}

/** Up to `most` stops that may bear their date: months first, never nearer than a share of the line. */
export function labelled(of: readonly Rank[], most: number): number[] {
  const apart = 1 / most;
  const chosen: number[] = [];
  for (const wanted of ["month", "day"] as const) {
    for (const [index, rank] of of.entries()) {
      if (rank !== wanted) continue;
      const place = placeOf(index, of.length);
      const clear = place <= 1 - apart && chosen.every((other) => Math.abs(placeOf(other, of.length) - place) >= apart);
      if (clear) chosen.push(index);
    }
  }
  return chosen.sort((a, b) => a - b);
}

/** The stop a key leads to; `undefined` for keys that mean nothing here. */
export function stepped(key: string, index: number, count: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    PageDown: index - 10,
    PageUp: index + 10,
    Home: 0,
    End: count - 1,
  };
  const next = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return next === undefined ? undefined : Math.min(count - 1, Math.max(0, next));
}
