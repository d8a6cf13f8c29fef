/** Finds the offered arms that some price of money selects: those on the upper concave hull of reward over cost. */
import type { Offer } from '../policy.ts';
import { rewardOf } from './offers.ts';

/** In increasing order of cost. */
export type Hull = readonly Point[];

export interface Point {
  /** Nano-USD. */
  readonly cost: number;
  readonly reward: number;
}

/** The upper concave hull of reward over cost, starting with the cheapest arm. */
export function hullOf(offers: readonly Offer[]): Hull {
  const points = offers
    .map((offer) => ({ cost: offer.cost, reward: rewardOf(offer) }))
    .sort((a, b) => a.cost - b.cost || b.reward - a.reward);
  const hull: Point[] = [];
  for (const point of points) {
    const last = hull.at(-1);
    if (last && (point.reward <= last.reward || point.cost === last.cost)) continue;
    while (hull.length > 1 && isBelow(hull.at(-2), hull.at(-1), point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

/** Whether `b` lies on or below the line from `a` to `c`. */
function isBelow(a: Point | undefined, b: Point | undefined, c: Point): boolean {
  if (!a || !b) return false;
  return (b.reward - a.reward) * (c.cost - a.cost) <= (c.reward - a.reward) * (b.cost - a.cost);
}
