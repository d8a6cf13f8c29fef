/**
 * Arrival times of one person's requests: a working week with an evening tail, in sessions, and months that differ from
 * the earlier ones. Times are in November 2026, local time; the eight weeks before are the forecast's history.
 */
import { HOUR_MS, hourOfWeek, periodAt, type Period } from '../../../src/core/money/period.ts';

export const arrivalKinds = ['steady', 'bursts', 'late', 'ends-early', 'new-user'] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

export interface Month {
  readonly period: Period;
  /** Sorted, within the period. */
  readonly times: readonly number[];
  /** Requests before the period, from which the demand forecast starts. */
  readonly history: readonly number[];
}

export const period: Period = periodAt(new Date(2026, 10, 15).getTime());
const DAY_MS = 24 * HOUR_MS;
const HISTORY_DAYS = 56;

export function monthOf(kind: ArrivalKind, n: number, random: () => number): Month {
  const days = (period.end - period.start) / DAY_MS;
  // Habits drift: the months before had 0.7 to 1.4 times as many requests.
  const before = kind === 'new-user' ? 0 : Math.round(n * (HISTORY_DAYS / days) * (0.7 + 0.7 * random()));
  const shape = shapes[kind];
  return {
    period,
    times: draw(
      n,
      period.start,
      period.end,
      (at) => workingHours(at) * shape((at - period.start) / DAY_MS),
      kind,
      random,
    ),
    history: draw(before, period.start - HISTORY_DAYS * DAY_MS, period.start, workingHours, 'steady', random),
  };
}

/** Relative demand by day of the month. */
const shapes: Readonly<Record<ArrivalKind, (day: number) => number>> = {
  steady: () => 1,
  'new-user': () => 1,
  // Three days before a deadline, five times the usual.
  bursts: (day) => (6 <= day && day < 9 ? 5 : 1),
  // The project begins in the middle of the month.
  late: (day) => (day < 15 ? 0.25 : 1),
  // Holiday from the 19th on.
  'ends-early': (day) => (day < 18 ? 1 : 0),
};

/** Requests come in sessions of a few within minutes of each other. */
function draw(
  n: number,
  from: number,
  until: number,
  weight: (at: number) => number,
  kind: ArrivalKind,
  random: () => number,
): number[] {
  const hours = Math.round((until - from) / HOUR_MS);
  const cumulative: number[] = [];
  let total = 0;
  for (let hour = 0; hour < hours; hour++) cumulative.push((total += weight(from + (hour + 0.5) * HOUR_MS)));
  const perSession = kind === 'bursts' ? 12 : 4;
  const times: number[] = [];
  while (times.length < n) {
    const mark = random() * total;
    const hour = cumulative.findIndex((sum) => sum > mark);
    const start = from + (hour + random()) * HOUR_MS;
    const size = Math.min(n - times.length, 1 + Math.floor(2 * perSession * random()));
    for (let i = 0; i < size; i++) times.push(Math.min(until - 1, start + random() * HOUR_MS * 0.4));
  }
  return times.sort((a, b) => a - b);
}

function workingHours(at: number): number {
  const hour = hourOfWeek(at);
  const [day, ofDay] = [Math.floor(hour / 24), hour % 24];
  const weight = 9 <= ofDay && ofDay < 18 ? 1 : 18 <= ofDay && ofDay < 23 ? 0.25 : 0.01;
  return day < 5 ? weight : 0.15 * weight;
}
