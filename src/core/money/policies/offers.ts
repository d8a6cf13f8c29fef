/** Shared by all policies: which offers the available money allows, and the fallback when none is worth its price. */
import { availableOf } from '../available.ts';
import type { ArmId, NanoUsd } from '../../brand.ts';
import type { Surface } from '../../decision.ts';
import type { Appraisal, MoneySituation, Offer } from '../policy.ts';

/** Number of requests before and after this one in the period; `ahead` includes this one. */
export interface Horizon {
  readonly behind: number;
  readonly ahead: number;
}

export function horizonOf(money: MoneySituation): Horizon {
  const behind = Math.max(0, money.requests.ask + money.requests.inline + money.requests.chat);
  const expected = money.expectedRemaining;
  const known = expected !== undefined && Number.isFinite(expected) && expected >= 0;
  return { behind, ahead: Math.max(1, known ? expected : guessAhead(behind, money)) };
}

/** Without a forecast the period continues at its rate so far, or at 20 requests a day at its very beginning. */
function guessAhead(behind: number, { now, periodStart, periodEnd }: MoneySituation): number {
  const [past, rest] = [Math.max(0, now - periodStart), Math.max(0, periodEnd - now)];
  const day = 86_400_000;
  const [pseudoRequests, pseudoDays] = [20, 1];
  return ((behind + pseudoRequests) / (past / day + pseudoDays)) * (rest / day);
}

/** The forecast of the remaining requests. */
export interface Outlook {
  /** As in `Horizon`. */
  readonly ahead: number;
  /** The part of each surface in `ahead`; undefined = in the same proportions as so far. */
  readonly bySurface: Readonly<Record<Surface, number>> | undefined;
  /** Number of requests before the month's last tenth. */
  readonly untilLastTenth: number;
  /** Number of observed requests behind the forecast. */
  readonly seen: number;
  /** Whether the number is given and not a forecast, as in a test or in a benchmark with a known number of prompts. */
  readonly exact: boolean;
}

export function outlookOf(money: MoneySituation): Outlook {
  const { behind, ahead } = horizonOf(money);
  const { demand, now, periodStart, periodEnd } = money;
  if (demand === undefined) {
    const share = (periodEnd - 0.1 * (periodEnd - periodStart) - now) / (periodEnd - now);
    return {
      ahead,
      bySurface: undefined,
      untilLastTenth: (ahead - 1) * clampUnit(share),
      seen: behind,
      exact: money.expectedRemaining !== undefined,
    };
  }
  const others = demand.bySurface;
  const sum = others.ask + others.inline + others.chat;
  const of = (surface: Surface): number =>
    (money.surface === surface ? 1 : 0) + (sum > 0 ? ((ahead - 1) * others[surface]) / sum : (ahead - 1) / 3);
  return {
    ahead,
    bySurface: { ask: of('ask'), inline: of('inline'), chat: of('chat') },
    untilLastTenth: demand.untilLastTenth,
    seen: demand.seen,
    exact: false,
  };
}

export const moneyLeft = (money: MoneySituation): NanoUsd => availableOf(money.limit, money.committed);

export const utilizationOf = (money: MoneySituation): number =>
  money.limit > 0 ? clampUnit(money.committed / money.limit) : 1;

/** The ledger's own test, so no policy offers what the ledger refuses. Price zero always fits. */
export const fits = (offer: Offer, money: MoneySituation): boolean =>
  offer.worstCase === 0 || offer.worstCase <= moneyLeft(money);

/** The cheapest offer that fits, the better one of two equally cheap; undefined = refuse. */
export function cheapest(offers: readonly Offer[], money: MoneySituation): ArmId | undefined {
  const fitting = offers.filter((offer) => fits(offer, money));
  return fitting.sort((a, b) => a.cost - b.cost || b.reward - a.reward)[0]?.armId;
}

export interface Judgement {
  readonly worth: boolean;
  readonly charge: number;
}

/** Judges each offer; an offer that does not fit is never worth its price. */
export function appraisal(
  offers: readonly Offer[],
  money: MoneySituation,
  facts: { readonly price: number; readonly utilization: number },
  judge: (offer: Offer) => Judgement,
): Appraisal {
  const verdicts = new Map(
    offers.map((offer) => [offer.armId, fits(offer, money) ? judge(offer) : { worth: false, charge: 0 }]),
  );
  return { ...facts, verdicts, fallback: cheapest(offers, money) };
}

/** The reward as a finite number in [0, 1]; a value that is not a number gives 0. */
export const rewardOf = (offer: Offer): number => clampUnit(offer.reward);

export const clampUnit = (value: number): number =>
  Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : value === Infinity ? 1 : 0;

export const finite = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
