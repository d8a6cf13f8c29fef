/**
 * The times at which a held call's bill is looked up. Providers write their records late, so a call is looked up a few
 * times with growing pauses. The database has the times: after a restart another window continues, and only one of
 * several windows asks.
 */
import type { LookUp } from '../../app/ports/money.ts';
import type { ArmId, EpochMs, ReservationId } from '../../core/brand.ts';
import { HOUR_MS } from '../../core/money/period.ts';
import type { Books } from './books.ts';
import type { Database } from './database.ts';
import { integer, text } from './database.ts';

/** The pause before the first look-up, and after each one without an answer; after the last the hold stays. */
const PAUSES_MS = [2_000, 10_000, 60_000, 600_000, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS] as const;
const LONGEST_MS = 24 * HOUR_MS;
/** Look-ups in one pass, one after the other; the rest follows in the next pass. */
const MOST_AT_ONCE = 20;

/** The time of the first look-up of a call that was just settled. */
export const firstLookUp = (now: EpochMs): EpochMs => Math.round(now + PAUSES_MS[0]);

export function takeLookUps(
  { db }: Books,
  endpointIds: readonly string[],
  now: EpochMs,
): { readonly due: readonly LookUp[]; readonly nextAt: EpochMs | undefined } {
  // Usually no look-up is due, and then no write lock is needed.
  const due =
    dueLookUps(db, endpointIds, now).length === 0 ? [] : db.immediate(() => take(db, endpointIds, now));
  return { due, nextAt: nextLookUp(db, endpointIds) };
}

function take(db: Database, endpointIds: readonly string[], now: EpochMs): readonly LookUp[] {
  const due = dueLookUps(db, endpointIds, now);
  for (const { id, lookups } of due) {
    const pause = PAUSES_MS[lookups + 1];
    db.run(
      'UPDATE entries SET lookups = lookups + 1, lookup_at = ? WHERE id = ?',
      pause === undefined ? null : Math.round(now + pause),
      id,
    );
  }
  return due;
}

/** An arm's id begins with its endpoint's id. */
const OF_ENDPOINTS = `substr(arm, 1, instr(arm, '/') - 1) IN (SELECT value FROM json_each(?))`;

/** Also times further ahead than any pause, since the clock was set back. */
const dueLookUps = (
  db: Database,
  endpointIds: readonly string[],
  now: EpochMs,
): readonly (LookUp & { readonly lookups: number })[] =>
  db
    .all(
      `SELECT id, arm, generation_id, lookups FROM entries
       WHERE lookup_at IS NOT NULL AND (lookup_at <= ? OR lookup_at > ?) AND ${OF_ENDPOINTS}
       ORDER BY lookup_at LIMIT ${MOST_AT_ONCE}`,
      now,
      now + LONGEST_MS,
      JSON.stringify(endpointIds),
    )
    .map((row) => ({
      id: text(row, 'id') as ReservationId,
      armId: text(row, 'arm') as ArmId,
      generationId: text(row, 'generation_id'),
      lookups: integer(row, 'lookups'),
    }));

function nextLookUp(db: Database, endpointIds: readonly string[]): EpochMs | undefined {
  const row = db.get(
    `SELECT min(lookup_at) next FROM entries WHERE lookup_at IS NOT NULL AND ${OF_ENDPOINTS}`,
    JSON.stringify(endpointIds),
  );
  const next = row?.['next'];
  return typeof next === 'number' ? next : undefined;
}
