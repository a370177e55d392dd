import { expect, test } from "vitest";

import type { CleanUpPlan } from "../../ipc/bindings";
import { moment } from "../../lib/format";
import { headOf, reasonsOf, sumsOf } from "./cleanUpSums";

const GB = 1e9;
const plan: CleanUpPlan = {
  destination: "Blue disk",
  destination_id: "d1",
  id: "digest",
  empty: false,
  backups: 58,
  stored: 41.3 * GB,
  needed: 37 * GB,
  reclaimable: 4 * GB,
  frees_now: GB,
  frees_later: 3.2 * GB,
  waiting: 0,
  waiting_until: null,
  rewritten: 0,
  grace_seconds: 86_400,
};
const now = new Date("2026-11-25T14:00:00Z");

test("cuts what is stored into parts that add up to it", () => {
  expect(sumsOf(plan)).toEqual({ stays: 37.3 * GB, now: GB, later: 3 * GB });
  for (const [reclaimable, frees_now] of [[0, 0], [99 * GB, 99 * GB], [GB, 2 * GB]] as const) {
    const sums = sumsOf({ ...plan, reclaimable, frees_now });
    expect(sums.stays + sums.now + sums.later).toBe(plan.stored);
    expect(Math.min(sums.stays, sums.now, sums.later)).toBeGreaterThanOrEqual(0);
  }
});

test.each<[Partial<CleanUpPlan>, string, string]>([
  [{}, "4 GB of 41.3 GB can be freed", "All 58 backups stay."],
  [{ backups: 1 }, "4 GB of 41.3 GB can be freed", "Its backup stays."],
  [{ reclaimable: 0 }, "Nothing can be freed, but something can be put in order", "The lists of what is stored are written anew. All 58 backups stay."],
  [{ empty: true, waiting: GB }, "Nothing can be freed yet", "All 58 backups stay."],
  [{ empty: true, needed: 41.3 * GB }, "Nothing can be freed", "All 41.3 GB are needed by 58 backups."],
  [{ empty: true }, "Nothing can be freed", "58 backups need 37 GB of it. What is left is too little to be worth the work."],
  [{ empty: true, stored: 0, needed: 0, backups: 0 }, "Nothing can be freed", "Nothing is stored there yet."],
])("%o is said as %s", (change, title, hint) => {
  expect(headOf({ ...plan, ...change })).toEqual({ title, hint });
});

test("says when what waits can go, and why it waits", () => {
  const [at, later, ...rest] = reasonsOf(plan, now);
  expect(at).toContain("1 GB is deleted at once");
  expect(later).toContain("3.2 GB is only marked now and waits for 24 h");
  expect(later).toContain(`after ${moment("2026-11-26T14:00:00Z")} deletes it`);
  expect(rest).toEqual([]);
});

test("says nothing about what does not happen, or is not known", () => {
  const none = { ...plan, frees_now: 0, frees_later: 0 };
  expect(reasonsOf(none, now)).toEqual([]);
  const waiting = { ...none, waiting: GB };
  expect(reasonsOf(waiting, now)).toEqual(["1 GB was marked by an earlier clean-up and still waits."]);
  const until = "2026-11-26T09:00:00Z";
  expect(reasonsOf({ ...waiting, waiting_until: until, rewritten: 2 * GB }, now)).toEqual([
    `1 GB was marked by an earlier clean-up. A clean-up after ${moment(until)} deletes it.`,
    "2 GB that backups need is written anew, without what lies in between. Until the old copy is deleted, both take up storage.",
  ]);
});
