/**
 * A shadow price of money, solved anew for each request (certainty-equivalent re-solving of the knapsack's dual).
 *
 *   lambda = min { lambda >= 0 : mean over recent requests of cost(argmax reward - lambda cost) <= left / ahead }
 *
 * and the router maximises index - lambda x cost. Overspending raises the price at the next request and saving lowers
 * it, so no step size needs tuning. The recent requests are those of this user, all surfaces mixed as they come: inline
 * and Ask compete for the month by worth.
 *
 * On short horizons one dear answer can eat what many cheap ones need (pilot-spec.md 12.1), so an arm that costs more
 * than the going rate is sold only if afterwards the share `reserve` of the base rate (limit / requests) is left for
 * every request still expected, and only if it is predicted to gain `margin` over every cheaper one.
 *
 * O(W K log(W K)) for W remembered requests of K arms on their hull: below 0.3 ms at W = 300.
 */
import type { CostPolicy, Offer } from '../policy.ts';
import {
  appraisal,
  clampUnit,
  finite,
  horizonOf,
  isRecord,
  moneyLeft,
  rewardOf,
  utilizationOf,
} from './offers.ts';

/** Reward against cost in nano-USD, in the order of cost: the only arms any price of money can choose. */
export type Hull = readonly { readonly cost: number; readonly reward: number }[];

export interface ShadowPriceState {
  /** Oldest first. */
  readonly recent: readonly Hull[];
}

export interface ShadowPriceOptions {
  /** kappa: the share of the base rate kept for each request still expected. */
  readonly reserve: number;
  /** The least gain in reward for which a dearer arm is bought. */
  readonly margin: number;
  /** W, remembered requests. */
  readonly window: number;
}

const initial: ShadowPriceState = { recent: [] };
/** Numbers kept in all: at 12 characters each the state stays under 40 KB. */
const MAX_POINTS = 1500;

export const shadowPricePolicy = (options: ShadowPriceOptions): CostPolicy<ShadowPriceState> => ({
  name: 'shadow-price',
  initial: () => initial,
  decode(stored) {
    const state = decodeShadowPrice(stored, options);
    return state ? { state, recovered: false } : { state: initial, recovered: true };
  },
  encode: ({ recent }) => ({
    version: 1,
    recent: recent.map((hull) => hull.flatMap(({ cost, reward }) => [cost, reward])),
  }),

  appraise(state, offers, money) {
    const { behind, ahead } = horizonOf(money);
    const available = moneyLeft(money);
    const rate = available / ahead;
    const price = solvePrice([...state.recent, hullOf(offers)], rate);
    const keep = (options.reserve * money.limit * (ahead - 1)) / (behind + ahead);
    const most = Math.max(rate, available - keep);
    return appraisal(offers, money, { price: price * 1e9, utilization: utilizationOf(money) }, (offer) => ({
      worth: offer.cost <= most && gains(offer, offers, options.margin),
      charge: price * offer.cost,
    }));
  },

  observe(state, offers) {
    const hull = hullOf(offers).map(rounded);
    return hull.length === 0 ? state : { recent: trimmed([...state.recent, hull], options) };
  },

  settled: (state) => state,
});

/**
 * Reward per nano-USD at which the hulls' mean cost meets the rate. Each step up a hull is an increment with a slope;
 * at price lambda those steeper than lambda are bought. So: buy the steepest until the money is gone.
 */
export function solvePrice(hulls: readonly Hull[], rate: number): number {
  let money = rate * hulls.length;
  const steps: { slope: number; cost: number }[] = [];
  for (const hull of hulls) {
    money -= hull[0]?.cost ?? 0;
    for (let i = 1; i < hull.length; i++) {
      const [from, to] = [hull[i - 1], hull[i]];
      if (!from || !to) continue;
      const cost = to.cost - from.cost;
      steps.push({ slope: (to.reward - from.reward) / cost, cost });
    }
  }
  steps.sort((a, b) => b.slope - a.slope);
  for (const { slope, cost } of steps) {
    money -= cost;
    // Just above the slope, so that the step which no longer fits is not bought.
    if (money < 0) return slope * (1 + 1e-9);
  }
  return 0;
}

/** The upper concave hull of reward over cost, from the cheapest on. */
export function hullOf(offers: readonly Offer[]): Hull {
  const points = offers
    .map((offer) => ({ cost: offer.cost, reward: rewardOf(offer) }))
    .sort((a, b) => a.cost - b.cost || b.reward - a.reward);
  const hull: { cost: number; reward: number }[] = [];
  for (const point of points) {
    const last = hull.at(-1);
    if (last && (point.reward <= last.reward || point.cost === last.cost)) continue;
    while (hull.length > 1 && isBelow(hull.at(-2), hull.at(-1), point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

type Point = Hull[number];

/** Whether `b` lies on or below the line from `a` to `c`. */
function isBelow(a: Point | undefined, b: Point | undefined, c: Point): boolean {
  if (!a || !b) return false;
  return (b.reward - a.reward) * (c.cost - a.cost) <= (c.reward - a.reward) * (b.cost - a.cost);
}

const gains = (offer: Offer, offers: readonly Offer[], margin: number): boolean =>
  offers.every((other) => other.cost >= offer.cost || rewardOf(offer) >= rewardOf(other) + margin);

/** Three significant digits are more than an estimate has, and keep the state small. */
const rounded = ({ cost, reward }: Point): Point => ({
  cost: Number(cost.toPrecision(3)),
  reward: Math.round(reward * 1000) / 1000,
});

function trimmed(recent: readonly Hull[], { window }: ShadowPriceOptions): readonly Hull[] {
  let [points, kept] = [0, 0];
  while (kept < Math.min(window, recent.length)) {
    points += recent[recent.length - 1 - kept]?.length ?? 0;
    if (points > MAX_POINTS) break;
    kept++;
  }
  return recent.slice(recent.length - kept);
}

function decodeShadowPrice(stored: unknown, options: ShadowPriceOptions): ShadowPriceState | undefined {
  if (!isRecord(stored) || stored['version'] !== 1 || !Array.isArray(stored['recent'])) return undefined;
  const recent = stored['recent'].map(decodeHull);
  if (!recent.every((hull) => hull !== undefined)) return undefined;
  return { recent: trimmed(recent, options) };
}

/** Undefined unless the numbers are a hull as `hullOf` makes it. */
function decodeHull(stored: unknown): Hull | undefined {
  if (!Array.isArray(stored) || stored.length % 2 !== 0) return undefined;
  const numbers = stored.map(finite);
  const hull: Point[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    const [cost, reward] = [numbers[i], numbers[i + 1]];
    if (cost === undefined || reward === undefined) return undefined;
    if (cost < 0 || reward !== clampUnit(reward) || cost <= (hull.at(-1)?.cost ?? -1)) return undefined;
    hull.push({ cost, reward });
  }
  return hull;
}
