/** The month's money and demand at a decision, computed each time from the ledger's summary. */
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import type { Surface } from '../../core/decision.ts';
import { ZERO } from '../../core/money.ts';
import { availableOf, committedOf, raisedLimit } from '../../core/money/available.ts';
import { forecastDemand } from '../../core/money/demand.ts';
import { hourOfWeek, periodFrom } from '../../core/money/period.ts';
import type { DemandForecast, MoneySituation } from '../../core/money/policy.ts';
import type { SpendSummary } from '../ports/money.ts';

export interface Limits {
  readonly monthly: NanoUsd | undefined;
  readonly workspace: NanoUsd | undefined;
  readonly inline: NanoUsd | undefined;
}

const quarterHourMs = 15 * 60_000;

export class MoneyFacts {
  #known:
    | { readonly key: string; readonly hours: readonly number[]; readonly forecast: DemandForecast }
    | undefined;

  situation(limits: Limits, spend: SpendSummary | undefined, surface: Surface, now: EpochMs): MoneySituation {
    const period = spend ? { start: spend.periodStart, end: spend.periodEnd } : periodFrom(undefined, now);
    const { limit, committed, which } = tightest(limits, spend, surface);
    const asked = spend?.requests ?? { ask: 0, inline: 0, chat: 0 };
    const forecast = spend && this.#forecast(spend, now);
    // Inline's own limit applies only to inline requests.
    const demand = which === 'inline' && forecast ? inlineOnly(forecast) : forecast;
    return {
      now,
      periodStart: period.start,
      periodEnd: period.end,
      limit,
      committed,
      surface,
      hourOfWeek: hourOfWeek(now),
      requests: which === 'inline' ? { ...asked, ask: 0, chat: 0 } : asked,
      // This request and those after it.
      expectedRemaining: demand && 1 + requestsIn(demand),
      demand,
    };
  }

  /** Walks the hours to the month's end, so it is computed again only when the counts or the quarter hour change. */
  #forecast(spend: SpendSummary, now: EpochMs): DemandForecast {
    const key = `${Math.floor(now / quarterHourMs)} ${spend.periodEnd}`;
    if (this.#known?.key !== key || this.#known.hours !== spend.hourOfWeek) {
      const none: readonly number[] = [];
      const history = {
        hourOfWeek: spend.hourOfWeek,
        days: spend.historyDays ?? 0,
        recentDays: spend.recentDays,
        bySurface: spend.hourOfWeekBySurface ?? { ask: spend.hourOfWeek, inline: none, chat: none },
      };
      const forecast = forecastDemand(history, now, { start: spend.periodStart, end: spend.periodEnd });
      this.#known = { key, hours: spend.hourOfWeek, forecast };
    }
    return this.#known.forecast;
  }
}

const requestsIn = ({ bySurface }: DemandForecast): number =>
  bySurface.ask + bySurface.inline + bySurface.chat;

function inlineOnly(forecast: DemandForecast): DemandForecast {
  const { inline } = forecast.bySurface;
  const all = requestsIn(forecast);
  const share = all > 0 ? inline / all : 0;
  return {
    bySurface: { ask: 0, inline, chat: 0 },
    untilLastTenth: share * forecast.untilLastTenth,
    seen: share * forecast.seen,
  };
}

/**
 * The limit with the smallest available amount. Without a limit no paid model is offered; the surface asks for one.
 * While the ledger is unusable nothing is available: it would refuse, and free models continue.
 */
export function tightest(
  limits: Limits,
  spend: SpendSummary | undefined,
  surface: Surface,
): { limit: NanoUsd; committed: NanoUsd; which: 'month' | 'workspace' | 'inline' } {
  const used = spend ? committedOf(spend) : ZERO;
  const monthly = raisedLimit(limits.monthly, spend?.raisedBy ?? ZERO) ?? ZERO;
  const closed = spend !== undefined && spend.state !== 'ready';
  const all = closed ? (Math.max(used, monthly) as NanoUsd) : used;
  let found: { limit: NanoUsd; committed: NanoUsd; which: 'month' | 'workspace' | 'inline' } = {
    limit: monthly,
    committed: all,
    which: 'month',
  };
  const narrow = (limit: NanoUsd | undefined, committed: NanoUsd, which: 'workspace' | 'inline'): void => {
    if (limit !== undefined && availableOf(limit, committed) < availableOf(found.limit, found.committed))
      found = { limit, committed, which };
  };
  narrow(limits.workspace, spend?.workspaceCommitted ?? ZERO, 'workspace');
  if (surface === 'inline') narrow(limits.inline, spend?.inlineCommitted ?? ZERO, 'inline');
  return found;
}
