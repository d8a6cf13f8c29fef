/**
 * One month of one person under one policy: each request is offered every model at its expected cost and predicted
 * quality, the gate is the ledger's (worst case <= available), the actual cost is the file's, and such bills calibrate
 * expected costs as in the product.
 */
import type { NanoUsd } from '../../../src/core/brand.ts';
import { calibrated, costFactors, noteCost, uncalibrated } from '../../../src/core/money/costCalibration.ts';
import { forecastDemand } from '../../../src/core/money/demand.ts';
import { HOURS_PER_WEEK, HOUR_MS, dayOf, hourOfWeek } from '../../../src/core/money/period.ts';
import type { AnyPolicy } from '../../../src/core/money/policies/index.ts';
import type { Appraisal, DemandForecast, MoneySituation, Offer } from '../../../src/core/money/policy.ts';
import { nano, type Trial } from '../router/dataset.ts';
import { offersOf as offersOfRow } from '../router/deploy.ts';
import type { Month } from './arrivals.ts';

const DAY_MS = 24 * HOUR_MS;
const DEMAND_DAYS = 56;

/** One request, with each model's result for it. */
export interface Prompt {
  readonly offers: readonly Offer[];
  readonly quality: Float64Array;
  /** Nano-USD. */
  readonly cost: readonly NanoUsd[];
}

export interface Outcome {
  readonly quality: number;
  readonly spend: number;
  readonly refused: number;
  /** Elapsed share of the month when 99 % was spent or a request was refused; 1 = never. */
  readonly driedAt: number;
  readonly scores: Float64Array;
  /** Most of the budget that stopped answers kept reserved at one time; 0 without stops. */
  readonly mostReserved: number;
}

/** Answers that the user stops. Until their bills come they are reserved at the most they can have cost. */
export interface Stops {
  /** By prompt, the share of the answer that had come; undefined = it was not stopped. */
  readonly receivedShares: readonly (number | undefined)[];
  /** What can have been made unseen, as a share of the whole answer's cost. */
  readonly unseenShare: number;
  /** Milliseconds until the bill comes; Infinity = it never does. */
  readonly endsAfterMs: number;
}

export function runMonth(
  policy: AnyPolicy,
  prompts: readonly Prompt[],
  month: Month,
  budget: NanoUsd,
  seenBefore: readonly Prompt[] = [],
  stops?: Stops,
): Outcome {
  const demand = new Demand(month);
  let state = policy.initial();
  for (const { offers } of seenBefore) {
    const before = demand.situation(month.period.start - 1, 0, budget, 0 as NanoUsd);
    state = policy.observe(state, offers, undefined, before);
  }
  let bills = uncalibrated;
  const spending = new Spending(stops);
  let refused = 0;
  let driedAt = 1;
  const scores = new Float64Array(prompts.length);
  prompts.forEach((prompt, i) => {
    const now = month.times[i]!;
    const committed = spending.at(now);
    const money = demand.situation(now, i, budget, committed as NanoUsd);
    const factorOf = costFactors(bills);
    const offers = prompt.offers.map((offer) => ({
      ...offer,
      cost: calibrated({ ...offer, expected: offer.cost }, factorOf(offer.armId)),
    }));
    const appraisal = policy.appraise(state, offers, money);
    const arm = choose(offers, appraisal);
    const worst = prompt.offers[arm]?.worstCase ?? 0;
    if (arm >= 0 && worst > budget - committed) throw new Error(`${policy.name} passed the gate`);
    if (arm < 0) refused++;
    else {
      spending.take(i, now, prompt.cost[arm]!, worst);
      scores[i] = prompt.quality[arm]!;
    }
    if (driedAt === 1 && (arm < 0 || spending.committed >= 0.99 * budget)) {
      driedAt = (now - month.period.start) / (month.period.end - month.period.start);
    }
    const taken = prompt.offers[arm];
    state = policy.observe(state, offers, taken?.armId, money);
    if (taken && spending.isKnown(i))
      bills = noteCost(bills, taken.armId, { expected: taken.cost, cost: prompt.cost[arm]! });
    demand.count(now);
  });
  const { committed: spend, mostReserved } = spending;
  if (spend > budget) throw new Error(`${policy.name} overspent`);
  return { quality: mean(scores), spend, refused, driedAt, scores, mostReserved: mostReserved / budget };
}

/** Known bills, and what stopped answers keep reserved until theirs come. */
class Spending {
  readonly #stops: Stops | undefined;
  /** Oldest first. */
  readonly #holds: { readonly until: number; readonly amount: number; readonly bill: number }[] = [];
  #spent = 0;
  #reserved = 0;
  mostReserved = 0;

  constructor(stops: Stops | undefined) {
    this.#stops = stops;
  }

  get committed(): number {
    return this.#spent + this.#reserved;
  }

  at(now: number): number {
    for (let [hold] = this.#holds; hold && hold.until <= now; [hold] = this.#holds) {
      this.#holds.shift();
      this.#reserved -= hold.amount;
      this.#spent += hold.bill;
    }
    return this.committed;
  }

  isKnown(prompt: number): boolean {
    return this.#stops?.receivedShares[prompt] === undefined;
  }

  take(prompt: number, now: number, cost: number, worst: number): void {
    const received = this.#stops?.receivedShares[prompt];
    if (this.#stops === undefined || received === undefined) {
      this.#spent += cost;
      return;
    }
    const amount = Math.min(worst, Math.ceil(cost * (received + this.#stops.unseenShare)));
    this.#holds.push({ until: now + this.#stops.endsAfterMs, amount, bill: Math.ceil(cost * received) });
    this.#reserved += amount;
    this.mostReserved = Math.max(this.mostReserved, this.#reserved);
  }
}

/** The arm with the best predicted quality minus the policy's charge, among those worth their price. */
function choose(offers: readonly Offer[], { verdicts, fallback }: Appraisal): number {
  let [best, highest] = [-1, -Infinity];
  offers.forEach(({ armId, reward }, arm) => {
    const verdict = verdicts.get(armId);
    if (verdict?.worth !== true || reward - verdict.charge <= highest) return;
    [best, highest] = [arm, reward - verdict.charge];
  });
  return best >= 0 ? best : offers.findIndex(({ armId }) => armId === fallback);
}

/** The product's own forecast: the last eight weeks by hour of week, and the last fourteen days. */
class Demand {
  readonly #month: Month;
  readonly #counts = new Array<number>(HOURS_PER_WEEK).fill(0);
  readonly #times: number[] = [];
  #first = 0;
  readonly #byDay = new Map<string, number>();
  readonly #since: number;
  #hour = -1;
  #forecast: DemandForecast | undefined;

  constructor(month: Month) {
    this.#month = month;
    this.#since = month.history[0] ?? month.times[0] ?? month.period.start;
    for (const at of month.history) this.count(at);
  }

  count(at: number): void {
    this.#counts[hourOfWeek(at)]! += 1;
    this.#times.push(at);
    const day = dayOf(at);
    this.#byDay.set(day, (this.#byDay.get(day) ?? 0) + 1);
  }

  situation(now: number, behind: number, limit: NanoUsd, committed: NanoUsd): MoneySituation {
    const { start, end } = this.#month.period;
    const demand = this.#forecastAt(now);
    return {
      now,
      periodStart: start,
      periodEnd: end,
      limit,
      committed,
      surface: 'ask',
      hourOfWeek: hourOfWeek(now),
      requests: { ask: behind, inline: 0, chat: 0 },
      expectedRemaining: 1 + demand.bySurface.ask,
      demand,
    };
  }

  /** Once an hour: the forecast changes little within an hour, and a month of 6,000 prompts asks often. */
  #forecastAt(now: number): DemandForecast {
    const hour = Math.floor(now / HOUR_MS);
    if (this.#forecast === undefined || hour !== this.#hour) {
      this.#hour = hour;
      this.#forget(now);
      const none = new Array<number>(HOURS_PER_WEEK).fill(0);
      const forecast = forecastDemand(
        {
          hourOfWeek: this.#counts,
          days: Math.min(DEMAND_DAYS, (now - this.#since) / DAY_MS),
          recentDays: this.#recentDays(now),
          bySurface: { ask: this.#counts, inline: none, chat: none },
        },
        now,
        this.#month.period,
      );
      // The bench has Ask requests only, so that the forecasts of all surfaces are added.
      const { ask, inline, chat } = forecast.bySurface;
      this.#forecast = { ...forecast, bySurface: { ask: ask + inline + chat, inline: 0, chat: 0 } };
    }
    return this.#forecast;
  }

  #forget(now: number): void {
    for (; (this.#times[this.#first] ?? now) < now - DEMAND_DAYS * DAY_MS; this.#first++)
      this.#counts[hourOfWeek(this.#times[this.#first]!)]! -= 1;
  }

  #recentDays(now: number): number[] {
    const noon = new Date(now).setHours(12, 0, 0, 0);
    return Array.from({ length: 14 }, (_, i) => this.#byDay.get(dayOf(noon - (13 - i) * DAY_MS)) ?? 0);
  }
}

/**
 * The lowest single price at which the same estimates, without a gate, stay within the budget; known only afterwards.
 */
export function atHindsightPrice(prompts: readonly Prompt[], budget: NanoUsd): Outcome {
  const at = (price: number): Outcome => takeAll(prompts, price);
  const free = at(0);
  if (free.spend <= budget) return free;
  let [low, high] = [1e-15, 1];
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (at(middle).spend <= budget) high = middle;
    else low = middle;
  }
  return at(high);
}

function takeAll(prompts: readonly Prompt[], price: number): Outcome {
  let spend = 0;
  const scores = Float64Array.from(prompts, ({ offers, quality, cost }) => {
    let [best, highest] = [0, -Infinity];
    offers.forEach((offer, arm) => {
      const score = offer.reward - price * offer.cost;
      if (score > highest) [best, highest] = [arm, score];
    });
    spend += cost[best]!;
    return quality[best]!;
  });
  return { quality: mean(scores), spend, refused: 0, driedAt: 1, scores, mostReserved: 0 };
}

export function promptOf(trial: Trial, row: number, means: Float64Array): Prompt {
  const { quality, cost } = trial.data.rows[row]!;
  return { offers: offersOfRow(trial, row, means), quality, cost: [...cost].map(nano) };
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
};
