/**
 * The references for a router: fixed models, random choice, the best static mix of two models, routers with full
 * information, and the best results in hindsight within the same budget.
 */
import { Matrix, solve } from 'ml-matrix';
import { qualityOf, spendOf, type Dataset, type Trial } from './dataset.ts';
import { deployFixed, type Deployed, type Estimates } from './deploy.ts';

export const allTo = (trial: Trial, arm: number, budget: number): Deployed =>
  deployFixed(trial, () => arm, budget);

export const randomChoice = (trial: Trial, budget: number, random: () => number): Deployed =>
  deployFixed(trial, () => Math.floor(random() * trial.data.models.length), budget);

/**
 * The two models, and the share of the more expensive one, with the best expected quality within the budget by the full
 * information of the learning prompts; drawn for each prompt.
 */
export function staticMix(trial: Trial, budget: number, random: () => number): Deployed {
  const { data, learning, deployment } = trial;
  const rate = budget / deployment.length;
  const arms = data.models.map((_, arm) => ({
    arm,
    quality: qualityOf(data, learning, arm),
    cost: spendOf(data, learning, arm) / learning.length,
  }));
  let best = { quality: -1, cheap: 0, dear: 0, share: 0 };
  for (const a of arms) {
    for (const b of arms) {
      if (a.cost > rate || b.cost < a.cost) continue;
      const share = b.cost <= rate ? 1 : (rate - a.cost) / (b.cost - a.cost);
      const quality = a.quality + share * (b.quality - a.quality);
      if (quality > best.quality) best = { quality, cheap: a.arm, dear: b.arm, share };
    }
  }
  if (best.quality < 0) {
    const cheapest = arms.reduce((least, arm) => (arm.cost < least.cost ? arm : least));
    best = { quality: 0, cheap: cheapest.arm, dear: cheapest.arm, share: 0 };
  }
  return deployFixed(trial, () => (random() < best.share ? best.dear : best.cheap), budget);
}

/** Ridge regression on the product's context with every model's outcome on every learning prompt. */
export function fullInformation(trial: Trial): Estimates {
  const { data, learning } = trial;
  const design = new Matrix(learning.map((row) => [...data.contexts[row]!.x]));
  const target = new Matrix(learning.map((row) => [...data.rows[row]!.quality]));
  const gram = design.transpose().mmul(design);
  for (let i = 0; i < gram.rows; i++) gram.set(i, i, gram.get(i, i) + (i === 0 ? 0.1 : 1));
  const weights = solve(gram, design.transpose().mmul(target));
  return cachedByRow((row) => {
    const { x } = data.contexts[row]!;
    return Float64Array.from(data.models, (_, arm) =>
      x.reduce((sum, value, k) => sum + value * weights.get(k, arm), 0),
    );
  });
}

/** Each row is estimated once. */
export function cachedByRow(estimates: Estimates): Estimates {
  const cache = new Map<number, Float64Array>();
  return (row) => {
    const known = cache.get(row) ?? estimates(row);
    cache.set(row, known);
    return known;
  };
}

export interface Priced {
  readonly spend: number;
  /** Reward per USD. */
  readonly price: number;
  /** Arm by deployment prompt. */
  readonly chosen: Int16Array;
}

/** argmax reward - price cost at the lowest price whose actual spending stays within the budget; without the gate. */
export function atHindsightPrice(trial: Trial, estimates: Estimates, budget: number): Priced {
  let [low, high] = [0, 1];
  const at = (price: number): Priced => takeAt(trial, estimates, price);
  if (at(0).spend <= budget) return at(0);
  while (at(high).spend > budget && high < 1e12) high *= 4;
  for (let i = 0; i < 40; i++) {
    const middle = low === 0 ? high / 1e6 : Math.sqrt(low * high);
    if (at(middle).spend <= budget) high = middle;
    else low = middle;
  }
  return at(high);
}

function takeAt(trial: Trial, estimates: Estimates, price: number): Priced {
  const { data, deployment } = trial;
  const chosen = new Int16Array(deployment.length);
  let spend = 0;
  deployment.forEach((row, i) => {
    const best = bestAt(trial, estimates, price, row);
    chosen[i] = best;
    spend += data.rows[row]!.cost[best]!;
  });
  return { spend, price, chosen };
}

/** The cheaper among equals. */
function bestAt({ quotes }: Trial, estimates: Estimates, price: number, row: number): number {
  const offers = quotes[row]!;
  let best = 0;
  let highest = -Infinity;
  estimates(row).forEach((mean, arm) => {
    const score = mean - price * (offers[arm]!.expected / 1e9);
    const cheaper = offers[arm]!.expected < offers[best]!.expected;
    if (score > highest || (score === highest && cheaper)) [highest, best] = [score, arm];
  });
  return best;
}

/** The gate refuses expensive arms near the end of a budget; a somewhat higher or lower price may then do better. */
const NEARBY = [0.5, 0.8, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 30];

/**
 * Under the same gate as the policies: the best of the prices around the one whose spending just fits, in hindsight.
 */
export function atBestPrice(trial: Trial, estimates: Estimates, budget: number): Deployed {
  const { price } = atHindsightPrice(trial, estimates, budget);
  const prices = price === 0 ? [0] : NEARBY.map((factor) => factor * price);
  return prices
    .map((each) => deployFixed(trial, (row) => bestAt(trial, estimates, each, row), budget))
    .reduce((best, run) => (run.quality > best.quality ? run : best));
}

/** The best possible result with this budget, knowing every outcome and cost (solution of the Lagrangian bound). */
export function hindsight(trial: Trial, budget: number): Deployed {
  const known = {
    ...trial,
    quotes: trial.data.rows.map(({ cost }, row) =>
      trial.quotes[row]!.map((quote, arm) => ({
        ...quote,
        expected: (cost[arm]! * 1e9) as typeof quote.expected,
      })),
    ),
  };
  return atBestPrice(known, (row) => trial.data.rows[row]!.quality, budget);
}

/** The best model for each prompt, the cheapest among equals, as far as the budget allows. */
export const oracle = (trial: Trial, budget: number): Deployed =>
  deployFixed(trial, (row) => oracleArm(trial.data, row), budget);

/** The same without a budget. */
export function oracleUnlimited({ data, deployment }: Trial): {
  readonly quality: number;
  readonly spend: number;
} {
  const taken = deployment.map((row) => ({ row, arm: oracleArm(data, row) }));
  return {
    quality: mean(taken.map(({ row, arm }) => data.rows[row]!.quality[arm]!)),
    spend: taken.reduce((sum, { row, arm }) => sum + data.rows[row]!.cost[arm]!, 0),
  };
}

function oracleArm({ rows }: Dataset, row: number): number {
  const { quality, cost } = rows[row]!;
  return quality.reduce(
    (at, value, arm) =>
      value > quality[at]! || (value === quality[at]! && cost[arm]! < cost[at]!) ? arm : at,
    0,
  );
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
};
