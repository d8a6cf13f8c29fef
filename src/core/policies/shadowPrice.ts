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
 * than the going rate is sold only if afterwards enough is left for every request still expected: the share `reserve`
 * of the base rate (limit / requests), and the cheapest answer even if `insurance` more requests come than forecast. (A margin of gain below which a dearer arm is not bought moved the
 * benchmark by less than 0.001 either way, and would keep a wrongly low estimate from being put right; left out.)
 *
 * The steps of all remembered requests are kept in the order of their slopes, so solving is one pass: O(W K) for W
 * remembered requests of K arms on their hull, about 10 microseconds at W = 300.
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
  /** Derived: the steps of all recent hulls, steepest first. */
  readonly steps: readonly Step[];
  /** Derived: what all recent requests cost at the cheapest. */
  readonly base: number;
}

/** From one arm of a hull to the next dearer: bought when the price of money is below its slope. */
export interface Step {
  readonly hull: Hull;
  readonly slope: number;
  readonly cost: number;
}

export interface ShadowPriceOptions {
  /** kappa: the share of the base rate kept for each request still expected. */
  readonly reserve: number;
  /** Share by which the forecast may be too low before the cheapest answers run short. */
  readonly insurance: number;
  /** W, remembered requests. */
  readonly window: number;
}

const initial: ShadowPriceState = { recent: [], steps: [], base: 0 };
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
    const hull = hullOf(offers);
    const rate = available / ahead;
    const price = solvePrice(state, hull, rate);
    const perRequest = Math.max(
      (options.reserve * money.limit) / (behind + ahead),
      (1 + options.insurance) * meanCheapest(state, hull),
    );
    const most = Math.max(rate, available - perRequest * unforeseen(ahead));
    return appraisal(offers, money, { price: price * 1e9, utilization: utilizationOf(money) }, (offer) => ({
      worth: offer.cost <= most,
      charge: price * offer.cost,
    }));
  },

  observe(state, offers) {
    const hull = hullOf(offers).map(rounded);
    return hull.length === 0 ? state : remember(state, hull, options);
  },

  settled: (state) => state,
});

/**
 * Reward per nano-USD at which the hulls' mean cost, this request's included, meets the rate. At price lambda the steps
 * steeper than lambda are bought; so buy the steepest until the money is gone.
 */
export function solvePrice(state: ShadowPriceState, current: Hull, rate: number): number {
  let money = rate * (state.recent.length + 1) - state.base - (current[0]?.cost ?? 0);
  const own = stepsOf(current);
  let [i, j] = [0, 0];
  for (;;) {
    const [theirs, ours] = [state.steps[i], own[j]];
    const next = !theirs || (ours && ours.slope > theirs.slope) ? ours : theirs;
    if (!next) return 0;
    if (next === ours) j++;
    else i++;
    money -= next.cost;
    // Just above the slope, so that the step which no longer fits is not bought.
    if (money < 0) return next.slope * (1 + 1e-9);
  }
}

const meanCheapest = ({ recent, base }: ShadowPriceState, current: Hull): number =>
  (base + (current[0]?.cost ?? 0)) / (recent.length + 1);

/** The requests after this one, at one standard deviation of a count above their forecast. */
const unforeseen = (ahead: number): number => ahead - 1 + Math.sqrt(ahead);

/** A hull's slopes fall, so its steps come out steepest first. */
const stepsOf = (hull: Hull): Step[] =>
  hull.flatMap((to, i) => {
    const from = hull[i - 1];
    if (!from) return [];
    const cost = to.cost - from.cost;
    return [{ hull, cost, slope: (to.reward - from.reward) / cost }];
  });

function remember(state: ShadowPriceState, hull: Hull, options: ShadowPriceOptions): ShadowPriceState {
  const recent = trimmed([...state.recent, hull], options);
  const forgotten = new Set(state.recent.slice(0, state.recent.length + 1 - recent.length));
  const steps = state.steps.filter((step) => !forgotten.has(step.hull));
  for (const step of stepsOf(hull)) steps.splice(placeOf(steps, step.slope), 0, step);
  return { recent, steps, base: baseOf(recent) };
}

/** Where a step of this slope belongs: binary search in falling slopes. */
function placeOf(steps: readonly Step[], slope: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.slope ?? -Infinity) > slope) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Summed anew each time, so that no rounding error builds up. */
const baseOf = (recent: readonly Hull[]): number =>
  recent.reduce((sum, hull) => sum + (hull[0]?.cost ?? 0), 0);

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
  const kept = trimmed(recent, options);
  const steps = kept.flatMap(stepsOf).sort((a, b) => b.slope - a.slope);
  return { recent: kept, steps, base: baseOf(kept) };
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
