/** The columns that every row of the strips shares: plan, days, state, age. */
export const stripGrid =
  "grid items-center gap-x-4 gap-y-1 grid-cols-[minmax(0,1fr)_auto] min-[900px]:grid-cols-[168px_minmax(0,1fr)_144px_80px]";
