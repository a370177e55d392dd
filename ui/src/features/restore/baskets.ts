import { empty } from "./basket";
import type { Basket } from "./basket";
import { shelf, useShelf } from "./shelf";

/** One basket a backup: a path says something else in another one. */
const baskets = shelf(empty);

const nameOf = (destination: string, backup: string) => `${destination} ${backup}`;

export function useBasket(destination: string, backup: string): [Basket, (basket: Basket) => void] {
  const name = nameOf(destination, backup);
  return [useShelf(baskets, name), (basket) => baskets.put(name, basket)];
}

/** Another backup of this destination with something in its basket, the last one used. */
export function otherBasket(destination: string, backup: string): { backup: string; basket: Basket } | undefined {
  const before = nameOf(destination, "");
  const name = baskets
    .names()
    .findLast((one) => one.startsWith(before) && one !== nameOf(destination, backup) && baskets.read(one).chosen.size > 0);
  return name === undefined ? undefined : { backup: name.slice(before.length), basket: baskets.read(name) };
}
