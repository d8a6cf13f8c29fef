/**
 * A shadow price of money, solved again for each request (re-solving of the knapsack's dual), under uncertain demand.
 *
 *   lambda(M, N) = min { lambda : N requests like the recent ones, each taking argmax reward - lambda cost, cost <= M }
 *   lambda = E[ lambda(available money, N) ]      N lognormal about the forecast: median, sqrt(3) deviations either way
 *
 * The router maximizes index - lambda x cost. Overspending raises the price at the next request and saving lowers it,
 * so that no step size needs tuning. Any answer at all is the first thing that money buys: where more requests may come
 * than even the cheapest answers leave money for, that answer's own reward per cost enters the mean, and the price
 * rises before the money runs short. Inline, Ask and chat compete for the month by worth: each surface's recent
 * requests represent its expected ones.
 *
 * The month does not run dry as long as demand stays within a deviation of its forecast: the worst case of the cheapest
 * answer is never counted as available (the ledger refuses the last requests without it), and from the middle of the
 * month until its last tenth a more expensive arm is sold only if the cheapest answers until then, and a floor for the
 * rest, stay paid.
 *
 * Measured on the tuning folds, over months with bursts, late starts and new users (test/bench/budget), against the
 * earlier rules (a price for the expected number; a reserve of 0.8 of the base rate for each expected request; cheapest
 * answers insured for 1.3 times as many): quality over the hindsight price rose from .971 to .975 at 60 requests a
 * month and from .989 to .993 at 600, dry months fell from 7 to 1 of 480 and from 7 to 1 of 420. Tried and left out,
 * since they did not help: charging a lumpy answer the value of the money it takes (the same to .001); five quadrature
 * points instead of three; a margin of gain below which a more expensive arm is not bought; uncertainty that shrinks
 * with the month (late starts run dry); a guard that reckons with the more expensive answer's worst case (as many dry
 * months); the guard all month (no fewer dry months at 1 deviation; at 1.5 and 2 none, but .986 and .982 at 600). With
 * a known number of requests all budgets at 600 come within 2 %: the remaining loss comes from the demand.
 *
 * Prompts that are all alike have one slope, and money that suffices for a third of them would buy it for none at first
 * and later for all. Therefore slopes are dithered by a fiftieth, the remembered ones and the current one alike: the
 * share of prompts that the money allows is bought (a golden-ratio sequence, so that no randomness is needed).
 *
 * The remembered steps are sorted by their slopes, so that solving takes one pass: O(W K) for W requests of K arms.
 */
import type { NanoUsd } from '../../brand.ts';
import type { Surface } from '../../decision.ts';
import type { CostPolicy, MoneySituation, Offer } from '../policy.ts';
import { hullOf, type Hull, type Point } from './hull.ts';
import {
  appraisal,
  clampUnit,
  finite,
  fits,
  moneyLeft,
  outlookOf,
  rewardOf,
  utilizationOf,
  type Outlook,
} from './offers.ts';
import { isRecord } from '../../shape.ts';

/** The offers of one request. */
export interface Remembered {
  readonly surface: Surface;
  readonly hull: Hull;
}

export interface ShadowPriceState {
  /** Oldest first. */
  readonly recent: readonly Remembered[];
  /** Derived: the steps of all recent hulls, steepest first. */
  readonly steps: readonly Step[];
}

/**
 * From nothing to the cheapest arm, or from one arm of a hull to the next: bought when money's price is below its
 * slope.
 */
export interface Step {
  readonly of: Remembered;
  readonly slope: number;
  readonly cost: number;
}

export interface ShadowPriceOptions {
  /** Relative standard deviation of a month's level of demand around its forecast. */
  readonly levelSpread: number;
  /** Number of requests in a session: n expected requests vary like n / sessionSize independent ones. */
  readonly sessionSize: number;
  /**
   * The cheapest answers stay paid for demand this many deviations above the forecast, until the month's last tenth.
   */
  readonly guardDeviations: number;
  /** W, the number of remembered requests. */
  readonly window: number;
}

const initial: ShadowPriceState = { recent: [], steps: [] };
/** Upper bound on the stored numbers: at 12 characters each the state stays under 40 KB. */
const MAX_POINTS = 1500;
const surfaces = ['ask', 'inline', 'chat'] as const;

export const shadowPricePolicy = (options: ShadowPriceOptions): CostPolicy<ShadowPriceState> => ({
  name: 'shadow-price',
  initial: () => initial,
  decode(stored) {
    const state = decodeShadowPrice(stored, options);
    return state ? { state, recovered: false } : { state: initial, recovered: true };
  },
  // Version 2: each request begins with the index of its surface in `surfaces`.
  encode: ({ recent }) => ({
    version: 2,
    recent: recent.map(({ surface, hull }) => [
      surfaces.indexOf(surface),
      ...hull.flatMap(({ cost, reward }) => [cost, reward]),
    ]),
  }),

  appraise(state, offers, money) {
    const current: Remembered = { surface: money.surface, hull: hullOf(offers) };
    const outlook = outlookOf(money);
    const weights = weightsOf(state, current, outlook);
    const cheapest = cheapestOf(offers, money);
    const price = dither(state, money) * solvePrice(state, current, weights, scenarios(spendable(money, outlook, cheapest), outlook, options)); // prettier-ignore
    const most = isGuarded(money)
      ? affordable(money, outlook, cheapest, meanCheapest(state, current, weights), options)
      : Infinity;
    return appraisal(offers, money, { price: price * 1e9, utilization: utilizationOf(money) }, (offer) => ({
      worth: offer.cost <= Math.max(most, cheapest?.cost ?? 0),
      charge: price * offer.cost,
    }));
  },

  observe(state, offers, _taken, money) {
    // Rounded first: two points of a hull that round to one cost would make a step of no cost.
    const factor = dither(state, money);
    const hull = hullOf(offers.map((offer) => rounded(offer, factor)));
    return hull.length === 0 ? state : remember(state, { surface: money.surface, hull }, options);
  },

  settled: (state) => state,
});

/** The money for all requests ahead in one scenario, with its probability. */
export interface Scenario {
  /** Money over (requests ahead / expected requests). */
  readonly money: number;
  readonly probability: number;
}

/** Gauss-Hermite quadrature of a normal variable, the most requests (least money) first. */
const NODES = [
  { deviations: Math.sqrt(3), probability: 1 / 6 },
  { deviations: 0, probability: 2 / 3 },
  { deviations: -Math.sqrt(3), probability: 1 / 6 },
] as const;

function scenarios(money: number, outlook: Outlook, options: ShadowPriceOptions): readonly Scenario[] {
  const { ahead } = outlook;
  const spread = spreadOf(ahead, outlook, options);
  return NODES.map(({ deviations, probability }) => ({
    money: money / Math.max(1 / ahead, Math.exp(deviations * spread)),
    probability,
  }));
}

/** Relative deviation of `n` requests: of the level, of the sessions, and of a user with few observations. */
function spreadOf(
  n: number,
  { exact, seen }: Outlook,
  { levelSpread, sessionSize }: ShadowPriceOptions,
): number {
  if (exact) return 0;
  return Math.sqrt(levelSpread ** 2 + sessionSize / Math.max(1, n) + sessionSize / (sessionSize + seen));
}

const DITHER = 0.02;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The factor for this request's costs where slopes are compared: evenly distributed over the requests. */
function dither({ recent }: ShadowPriceState, { requests }: MoneySituation): number {
  const nth = requests.ask + requests.inline + requests.chat + recent.length;
  return 1 + DITHER * (2 * ((nth * GOLDEN) % 1) - 1);
}

/** Expected requests for each remembered one, by surface. */
export type SurfaceWeights = Readonly<Record<Surface, number>>;

/** The number of a surface's own remembered requests whose weight equals that of all surfaces' requests. */
const POOLED = 10;

/** Distributes a surface's expected requests over its own remembered ones and, while these are few, over all. */
function weightsOf(
  { recent }: ShadowPriceState,
  current: Remembered,
  { ahead, bySurface }: Outlook,
): SurfaceWeights {
  const n = recent.length + 1;
  if (bySurface === undefined) return { ask: ahead / n, inline: ahead / n, chat: ahead / n };
  const seen = { ask: 0, inline: 0, chat: 0 };
  seen[current.surface]++;
  for (const { surface } of recent) seen[surface]++;
  const each = (surface: Surface): number => bySurface[surface] / (seen[surface] + POOLED);
  const shared = (POOLED * (each('ask') + each('inline') + each('chat'))) / n;
  return { ask: each('ask') + shared, inline: each('inline') + shared, chat: each('chat') + shared };
}

/**
 * Reward per nano-USD at which the requests ahead cost exactly the money, as the mean over the scenarios. At price
 * lambda the steps steeper than lambda are bought, so the steepest are bought until the money is used up.
 */
export function solvePrice(
  state: ShadowPriceState,
  current: Remembered,
  weights: SurfaceWeights,
  cases: readonly Scenario[],
): number {
  const own = stepsOf(current);
  let [i, j, cost, price, solved] = [0, 0, 0, 0, 0];
  while (solved < cases.length) {
    const [theirs, ours] = [state.steps[i], own[j]];
    const next = !theirs || (ours && ours.slope > theirs.slope) ? ours : theirs;
    if (!next) break;
    if (next === ours) j++;
    else i++;
    cost += next.cost * weights[next.of.surface];
    // Just above the slope, so that the step that no longer fits is not bought.
    for (let at = cases[solved]; at && cost > at.money; at = cases[++solved])
      price += at.probability * next.slope * (1 + 1e-9);
  }
  return price;
}

/** The ledger admits a request only if its worst case fits, so that the last requests leave that much unspent. */
function spendable(money: MoneySituation, { ahead }: Outlook, cheapest: Offer | undefined): number {
  const available = moneyLeft(money);
  const stuck = (cheapest?.worstCase ?? 0) * Math.min(1, ahead - 1);
  return Math.max(0.01 * available, available - stuck);
}

const GUARD_FROM = 0.5;
const LAST_TENTH = 0.9;
/** The share of the limit that is kept for the last tenth of the month. */
const FLOOR = 0.02;

function isGuarded({ now, periodStart, periodEnd }: MoneySituation): boolean {
  const passed = (now - periodStart) / (periodEnd - periodStart);
  return GUARD_FROM <= passed && passed < LAST_TENTH;
}

/** The most that an answer other than the cheapest may cost without the month running dry before its last tenth. */
function affordable(
  money: MoneySituation,
  outlook: Outlook,
  cheapest: Offer | undefined,
  mean: number,
  options: ShadowPriceOptions,
): number {
  const requests = outlook.untilLastTenth;
  const margin = Math.exp(options.guardDeviations * spreadOf(requests, outlook, options));
  const floor = Math.max(FLOOR * money.limit, cheapest?.worstCase ?? 0);
  return moneyLeft(money) - floor - mean * requests * margin;
}

/** The cheapest offer that fits: the fallback when none is worth its price. */
function cheapestOf(offers: readonly Offer[], money: MoneySituation): Offer | undefined {
  let found: Offer | undefined;
  for (const offer of offers) {
    if (fits(offer, money) && offer.cost < (found?.cost ?? Infinity)) found = offer;
  }
  return found;
}

/** The mean cost of the cheapest answer to a future request. */
function meanCheapest({ recent }: ShadowPriceState, current: Remembered, weights: SurfaceWeights): number {
  let weight = weights[current.surface];
  let cost = weight * (current.hull[0]?.cost ?? 0);
  for (const { surface, hull } of recent) {
    cost += weights[surface] * (hull[0]?.cost ?? 0);
    weight += weights[surface];
  }
  return weight > 0 ? cost / weight : 0;
}

/**
 * Steepest first: the slopes of a hull fall, and the step to the cheapest answer precedes the others whatever its
 * slope.
 */
function stepsOf(of: Remembered): Step[] {
  const better = of.hull.flatMap((to, i): Step[] => {
    const from = of.hull[i - 1];
    if (!from) return [];
    const cost = to.cost - from.cost;
    return [{ of, cost, slope: (to.reward - from.reward) / cost }];
  });
  const [first] = of.hull;
  if (!first || first.cost === 0) return better;
  return [
    { of, cost: first.cost, slope: Math.max(first.reward / first.cost, better[0]?.slope ?? 0) },
    ...better,
  ];
}

function remember(state: ShadowPriceState, now: Remembered, options: ShadowPriceOptions): ShadowPriceState {
  const recent = trimmed([...state.recent, now], options);
  const forgotten = new Set(state.recent.slice(0, state.recent.length + 1 - recent.length));
  const steps = forgotten.size > 0 ? state.steps.filter(({ of }) => !forgotten.has(of)) : [...state.steps];
  if (recent.includes(now))
    for (const step of stepsOf(now)) steps.splice(placeOf(steps, step.slope), 0, step);
  return { recent, steps };
}

/** The place of a step with this slope: binary search in falling slopes. */
function placeOf(steps: readonly Step[], slope: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.slope ?? -Infinity) >= slope) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Three significant digits exceed the precision of an estimate and keep the state small. */
const rounded = (offer: Offer, factor: number): Offer => ({
  ...offer,
  cost: Number((offer.cost * factor).toPrecision(3)) as NanoUsd,
  reward: Math.round(rewardOf(offer) * 1000) / 1000,
});

function trimmed(recent: readonly Remembered[], { window }: ShadowPriceOptions): readonly Remembered[] {
  let [points, kept] = [0, 0];
  while (kept < Math.min(window, recent.length)) {
    points += recent[recent.length - 1 - kept]?.hull.length ?? 0;
    if (points > MAX_POINTS) break;
    kept++;
  }
  return recent.slice(recent.length - kept);
}

function decodeShadowPrice(stored: unknown, options: ShadowPriceOptions): ShadowPriceState | undefined {
  if (!isRecord(stored) || !Array.isArray(stored['recent'])) return undefined;
  const version = stored['version'];
  if (version !== 1 && version !== 2) return undefined;
  // Version 1 has no surface; the most frequent surface of that time replaces it.
  const all = stored['recent'].map((entry: unknown) =>
    decodeRemembered(entry, version === 1 ? 'ask' : undefined),
  );
  if (!all.every((entry) => entry !== undefined)) return undefined;
  const recent = trimmed(all, options);
  const steps = recent.flatMap(stepsOf).sort((a, b) => b.slope - a.slope);
  return { recent, steps };
}

/** Undefined unless the numbers are a surface and a hull in the form of `hullOf`. */
function decodeRemembered(stored: unknown, known: Surface | undefined): Remembered | undefined {
  if (!Array.isArray(stored)) return undefined;
  const numbers = stored.map(finite);
  const surface = known ?? surfaces[numbers.shift() ?? -1];
  if (surface === undefined || numbers.length % 2 !== 0) return undefined;
  const hull: Point[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    const [cost, reward] = [numbers[i], numbers[i + 1]];
    if (cost === undefined || reward === undefined) return undefined;
    if (
      cost < 0 ||
      cost > Number.MAX_SAFE_INTEGER ||
      reward !== clampUnit(reward) ||
      cost <= (hull.at(-1)?.cost ?? -1)
    )
      return undefined;
    hull.push({ cost, reward });
  }
  return { surface, hull };
}
