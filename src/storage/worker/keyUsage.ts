/**
 * Bounds the cost of held calls by their key's usage. A provider that reports no bill of a call may report the total
 * billed to its key. Between two readings the key was billed for every call that was made and ended between them. This
 * amount minus the known bills is the most that the other calls can have cost together, even if others use the key.
 *
 * It is sound because each uncertainty raises the bound:
 * - Usage may come late. So a call counts as included only from the second reading after its end, `APART_MS` later.
 * - Only bills that the provider itself reported are subtracted; tokens at a list price may be more than it charges.
 * - A call that began before the first reading may be in both: its bill is not subtracted, and it is not settled.
 * - Usage that falls, another key, and a clock that was set back restart the readings.
 */
import type { UsageReading, UsageSettled } from '../../app/ports/money.ts';
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import { sharesOfUsage, type UsageHold } from '../../core/money/keyUsage.ts';
import { isMoney } from '../../core/money.ts';
import { HOUR_MS } from '../../core/money/period.ts';
import type { Books } from './books.ts';
import { UNBILLED, bounded, dropMeta, moneyTransaction, readMeta, writeMeta } from './books.ts';
import type { Database, Row } from './database.ts';
import { integer } from './database.ts';
import { restate } from './holds.ts';

/** The note of a call that was settled this way. */
export const BY_KEY_USAGE = 'settled-by-key-usage';

/** Milliseconds between readings; LiteLLM and OpenRouter write usage within minutes. */
const APART_MS = HOUR_MS;
/** Readings kept for each endpoint: two days of one an hour, and the last of each day before. */
const MOST_READINGS = 48;
/** Nano-USD, the possible error of a sum of doubles. */
const ROUNDING = 1_000;

interface Readings {
  /** The provider's own name of the key, as a hash. */
  readonly key: string;
  /** Oldest first. */
  readonly at: readonly (readonly [at: EpochMs, usage: NanoUsd])[];
}

export function noteKeyUsage(books: Books, reading: UsageReading, now: EpochMs): UsageSettled {
  const nothing = { calls: 0, freed: 0 };
  const { endpointId, key, usage } = reading;
  if (!isMoney(usage)) return nothing;
  return moneyTransaction(books, now, (period) => {
    const { db } = books;
    const name = `usage ${endpointId}`;
    const known = decode(readMeta(db, name));
    const last = known?.at.at(-1);
    if (!known || !last || known.key !== key || usage < last[1] || now < last[0]) {
      dropMeta(db, name);
      writeMeta(db, name, encode({ key, at: [[Math.round(now), usage]] }));
      return nothing;
    }
    if (now - last[0] < APART_MS) return nothing;
    const settled = settleBetween(books, { endpointId, period: period.id, readings: known, usage, now });
    writeMeta(
      db,
      name,
      encode({ key, at: [...known.at, [Math.round(now), usage] as const].slice(-MOST_READINGS) }),
    );
    return settled;
  });
}

interface Window {
  readonly endpointId: string;
  readonly period: string;
  readonly readings: Readings;
  readonly usage: NanoUsd;
  readonly now: EpochMs;
}

const OF_ENDPOINT = `state = 'settled' AND substr(arm, 1, instr(arm, '/') - 1) = ? AND at >= ? AND settled_at <= ?`;

function settleBetween(books: Books, { endpointId, period, readings, usage, now }: Window): UsageSettled {
  const { db } = books;
  // The previous reading was made after these calls had ended, and this one an hour later.
  const [until] = readings.at.at(-1) ?? [0];
  const oldest = db.get(
    `SELECT min(at) oldest FROM entries WHERE ${OF_ENDPOINT} AND ${UNBILLED} AND period = ?`,
    endpointId,
    readings.at[0]?.[0] ?? now,
    until,
    period,
  )?.['oldest'];
  const base = typeof oldest === 'number' ? readings.at.findLast(([at]) => at <= oldest) : undefined;
  if (!base) return { calls: 0, freed: 0 };
  const [from, before] = base;
  const whose = [endpointId, from, until] as const;
  const most = usage - before - reportedBetween(db, whose) + ROUNDING;
  const calls = db.all(
    `SELECT * FROM entries WHERE ${OF_ENDPOINT} AND ${UNBILLED} AND period = ? ORDER BY seq`,
    ...whose,
    period,
  );
  const shares = sharesOfUsage(most, calls.map(holdOf));
  if (!shares) return { calls: 0, freed: 0 };
  const freed = calls.reduce((sum, call, i) => sum + settleAt(books, call, shares[i] ?? 0, now), 0);
  return { calls: calls.length, freed };
}

/** A bill that the user disputes was billed too. */
const reportedBetween = (db: Database, whose: readonly [string, number, number]): NanoUsd =>
  bounded(
    db.get(
      `SELECT total(coalesce(billed, cost)) total FROM entries
       WHERE ${OF_ENDPOINT} AND NOT ${UNBILLED} AND source = 'reported'`,
      ...whose,
    )?.['total'],
  );

/** The received text is a share of the tokens that the estimate counts, and output costs no less than input. */
function holdOf(row: Row): UsageHold {
  const cost = integer(row, 'cost');
  const tokens = ['input', 'cached_input', 'cache_write', 'output', 'reasoning'].reduce(
    (sum, column) => sum + integer(row, column),
    0,
  );
  const isLeft = integer(row, 'swept') === 1 || tokens === 0;
  const certain = isLeft ? 0 : cost * Math.min(1, integer(row, 'seen') / tokens);
  return { held: cost + integer(row, 'held'), certain };
}

/** A later bill is still recorded. */
const settleAt = (books: Books, row: Row, cost: number, now: EpochMs): number =>
  restate(
    books,
    row,
    {
      cost: cost as NanoUsd,
      source: 'estimate',
      note: BY_KEY_USAGE,
      released: 1,
      lookUpAt: row['lookup_at'] as EpochMs | null,
      reason: 'usage of the key',
    },
    now,
  );

const encode = (readings: Readings): string => JSON.stringify(readings);

/** Total: a value not in the form of `encode` gives no reading. */
function decode(stored: string | undefined): Readings | undefined {
  if (stored === undefined) return undefined;
  try {
    const { key, at } = JSON.parse(stored) as Partial<Record<keyof Readings, unknown>>;
    if (typeof key !== 'string' || !Array.isArray(at)) return undefined;
    const pairs = (at as readonly unknown[]).map((pair) => (Array.isArray(pair) ? (pair as unknown[]) : []));
    const isSound = pairs.length > 0 && pairs.every((pair) => pair.length === 2 && pair.every(isMoney));
    return isSound ? { key, at: pairs as unknown as Readings['at'] } : undefined;
  } catch {
    return undefined;
  }
}
