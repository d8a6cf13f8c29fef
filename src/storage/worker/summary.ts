/** The summary of each window. */
import type { SpendSummary } from '../../app/ports/money.ts';
import type { EpochMs } from '../../core/brand.ts';
import type { Surface } from '../../core/decision.ts';
import { HOURS_PER_WEEK, dayOf } from '../../core/money/period.ts';
import { committed, currentPeriod, raisedBy, sumsOf, sumsOfInline, sumsOfWorkspace } from './books.ts';
import { pendingConfirmation } from './confirmation.ts';
import type { Database } from './database.ts';
import { integer, text } from './database.ts';

const DAY_MS = 86_400_000;
/** Days: long enough to contain every hour of the week eight times, short enough to follow a change of habits. */
const DEMAND_DAYS = 56;
/** Days in which a busy stretch is detected. */
const RECENT_DAYS = 14;

export function summarize(db: Database, workspaceId: string, now: EpochMs): SpendSummary {
  const period = currentPeriod(db, now);
  const sums = sumsOf(db, period.id);
  const doubt = pendingConfirmation(db, period, now);
  return {
    period: period.id,
    periodStart: period.start,
    periodEnd: period.end,
    settled: sums.settled,
    reserved: sums.reserved,
    heldBack: sums.held,
    raisedBy: raisedBy(db, period.id),
    inlineCommitted: committed(sumsOfInline(db, period.id)),
    workspaceCommitted: committed(sumsOfWorkspace(db, period.id, workspaceId)),
    requests: requestsOf(db, period.id),
    ...demandAt(db, now),
    state: doubt ? 'needs-confirmation' : 'ready',
    problem: doubt && 'What was spent this month could not be read back; it has to be confirmed.',
    problemKind: undefined,
    candidates: doubt ?? [],
  };
}

/** The most requests of an hour, a day or a month; a damaged row must not end the month for every decision. */
const count = (total: unknown): number =>
  typeof total === 'number' ? Math.max(0, Math.min(1e6, Math.round(total))) : 0;

function requestsOf(db: Database, period: string): Readonly<Record<Surface, number>> {
  const of = (surface: Surface): number =>
    count(db.get('SELECT total(n) n FROM requests WHERE period = ? AND surface = ?', period, surface)?.['n']);
  return { ask: of('ask'), inline: of('inline'), chat: of('chat') };
}

function demandAt(
  db: Database,
  now: EpochMs,
): Required<Pick<SpendSummary, 'hourOfWeek' | 'historyDays' | 'hourOfWeekBySurface' | 'recentDays'>> {
  const since = dayOf(now - DEMAND_DAYS * DAY_MS);
  const week = (): number[] => new Array<number>(HOURS_PER_WEEK).fill(0);
  const bySurface = { ask: week(), inline: week(), chat: week() };
  const rows = db.all(
    // An invalid hour of the week is damaged data, and demand is not money: the rest is returned.
    `SELECT hour, surface, total(n) n FROM demand
     WHERE day > ? AND typeof(hour) = 'integer' AND hour BETWEEN 0 AND ${HOURS_PER_WEEK - 1}
       AND surface IN ('ask', 'inline', 'chat') GROUP BY hour, surface`,
    since,
  );
  for (const row of rows) bySurface[text(row, 'surface') as Surface][integer(row, 'hour')] = count(row['n']);
  const { ask, inline, chat } = bySurface;
  const first = db.get('SELECT min(day) day FROM demand');
  const started = first?.['day'];
  const age = typeof started === 'string' ? (now - Date.parse(`${started}T00:00:00`)) / DAY_MS : 0;
  return {
    hourOfWeek: ask.map((n, hour) => n + (inline[hour] ?? 0) + (chat[hour] ?? 0)),
    // In tenths, so the passage of time does not change it every second.
    historyDays: Math.round(10 * Math.min(DEMAND_DAYS, Math.max(0, age))) / 10,
    hourOfWeekBySurface: bySurface,
    recentDays: recentDays(db, now),
  };
}

function recentDays(db: Database, now: EpochMs): readonly number[] {
  // From noon to noon, so a day of 23 or 25 hours is one step.
  const noon = new Date(now).setHours(12, 0, 0, 0);
  const days = Array.from({ length: RECENT_DAYS }, (_, i) => dayOf(noon - (RECENT_DAYS - 1 - i) * DAY_MS));
  const rows = db.all('SELECT day, total(n) n FROM demand WHERE day >= ? GROUP BY day', days[0] ?? '');
  const counts = new Map(rows.map((row) => [row['day'], count(row['n'])]));
  return days.map((day) => counts.get(day) ?? 0);
}
