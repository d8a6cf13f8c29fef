/**
 * The calendar month in local time, the only period of a limit. Date methods apply the host's time zone to a given
 * instant, so months begin at local midnight, on days of 23, 24 or 25 hours alike.
 */
import type { EpochMs } from '../brand.ts';

export interface Period {
  /** `YYYY-MM`; its alphabetical order is the order in time. */
  readonly id: string;
  readonly start: EpochMs;
  /** The next reset: the first instant after the period. */
  readonly end: EpochMs;
}

export const HOUR_MS = 3_600_000;
export const HOURS_PER_WEEK = 168;

export function periodAt(now: EpochMs): Period {
  const date = new Date(Number.isFinite(now) ? now : 0);
  return monthOf(date.getFullYear(), date.getMonth());
}

/** Undefined where the id does not name a period. */
export function periodOf(id: string): Period | undefined {
  const match = /^(\d{4})-(\d{2})$/.exec(id);
  const [year, month] = [Number(match?.[1]), Number(match?.[2])];
  return match && 1900 <= year && 1 <= month && month <= 12 ? monthOf(year, month - 1) : undefined;
}

/**
 * The period that counts money: never earlier than the latest one that has counted money, whatever clock and time zone
 * say now. Setting the clock back cannot reopen a month whose limit is used up.
 */
export function periodFrom(latest: string | undefined, now: EpochMs): Period {
  const known = latest === undefined ? undefined : periodOf(latest);
  const today = periodAt(now);
  return known && known.id > today.id ? known : today;
}

/** Local hour of the week, 0 = Monday 00:00. */
export function hourOfWeek(now: EpochMs): number {
  const date = new Date(Number.isFinite(now) ? now : 0);
  return ((date.getDay() + 6) % 7) * 24 + date.getHours();
}

/** Local calendar day, `YYYY-MM-DD`. */
export function dayOf(now: EpochMs): string {
  const date = new Date(Number.isFinite(now) ? now : 0);
  return `${yearMonth(date.getFullYear(), date.getMonth())}-${two(date.getDate())}`;
}

function monthOf(year: number, month: number): Period {
  return {
    id: yearMonth(year, month),
    start: new Date(year, month, 1).getTime(),
    end: new Date(year, month + 1, 1).getTime(),
  };
}

const two = (n: number): string => String(n).padStart(2, '0');
const yearMonth = (year: number, month: number): string =>
  `${String(year).padStart(4, '0')}-${two(month + 1)}`;
