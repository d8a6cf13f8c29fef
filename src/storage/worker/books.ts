/**
 * Shared by all money operations: the period, the sums, and the transaction that keeps both consistent with the mirror.
 */
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import type { Period } from '../../core/money/period.ts';
import { MAX_MONEY } from '../../core/money.ts';
import { periodFrom } from '../../core/money/period.ts';
import type { Database, Durability } from './database.ts';
import { text } from './database.ts';
import type { MirroredTotal } from '../mirroredTotal.ts';
import { overwriteMirror, readMirror, writeMirror } from './mirrorFile.ts';

export interface Books {
  readonly db: Database;
  readonly mirrorFile: string;
}

/** Amounts by kind; their sum is committed. */
export interface Sums {
  /** Known bills. */
  readonly settled: NanoUsd;
  /** Worst cases of calls under way. */
  readonly reserved: NanoUsd;
  /** Ended calls without a known bill: their estimate and the rest of the most they can have cost. */
  readonly held: NanoUsd;
}

/**
 * SQL: a row of `entries` whose call ended without a known bill: it was stopped, or a crash left it at its worst case.
 */
export const UNBILLED = `(held > 0 OR swept = 1)`;

/**
 * `Sums` of rows of `entries`; `spend` stores the same sums beside the rows. `total()` instead of `sum()`: rows whose
 * sum exceeds 64 bits must not make the question fail.
 */
export const ENTRY_SUMS = `
  total(CASE WHEN ${UNBILLED} THEN 0 ELSE cost END) settled,
  total(CASE state WHEN 'reserved' THEN worst ELSE 0 END) reserved,
  total(CASE WHEN ${UNBILLED} THEN cost + held ELSE 0 END) held`;

/** The amounts that an ended call adds to the sums. */
export const ended = (cost: number, held: number, isUnbilled: boolean): Differences =>
  isUnbilled ? { held: cost + held } : { settled: cost };

/** Differences of sums; may be negative. */
export type Differences = { readonly [K in keyof Sums]?: number };

/** The row of `spend` that contains a call's money. */
export interface Account {
  readonly period: string;
  readonly workspace: string;
  readonly inline: boolean;
}

/**
 * Runs the work under the write lock in the present money period. When the mirror's content changes, it is written
 * before the commit, so it can be one transaction ahead of a database that crashed here, but never behind. A free call,
 * of which typing makes several a second, writes no mirror.
 */
export function moneyTransaction<T>(books: Books, now: EpochMs, work: (period: Period) => T): T {
  return inTransaction(books, now, 'now', work);
}

/**
 * Like `moneyTransaction`, for work that moves no money: it does not wait until the disk has written it. Not for the
 * start of a month.
 */
export function freeTransaction<T>(books: Books, now: EpochMs, work: (period: Period) => T): T {
  const stored = readMeta(books.db, 'period');
  const turns = periodFrom(stored, now).id !== stored;
  return inTransaction(books, now, turns ? 'now' : 'soon', work);
}

function inTransaction<T>(
  books: Books,
  now: EpochMs,
  durability: Durability,
  work: (period: Period) => T,
): T {
  const { db } = books;
  let written: Required<MirroredTotal> | undefined;
  let before: Required<MirroredTotal> | undefined;
  try {
    return db.immediate(() => {
      before = standingOf(db);
      const value = work(enterPeriod(db, now));
      if (!isSameStanding(before, standingOf(db))) written = writeNextMirror(books);
      return value;
    }, durability);
  } catch (error) {
    if (written && before) takeBackMirror(books.mirrorFile, written, before);
    throw error;
  }
}

/** The commit failed, for example on a full disk, and this window continues: the mirror's content did not happen. */
function takeBackMirror(file: string, written: MirroredTotal, before: MirroredTotal): void {
  try {
    if (readMirror(file)?.seq === written.seq) overwriteMirror(file, before);
  } catch {
    // As after a crash: it counts at the next opening, and can be released.
  }
}

/** The period for reading; only a money transaction advances the stored one. */
export const currentPeriod = (db: Database, now: EpochMs): Period => periodFrom(readMeta(db, 'period'), now);

/** `total()` instead of `sum()`: a row with a damaged or enormous amount must not make the question fail. */
const SUMS = 'total(settled) settled, total(reserved) reserved, total(held) held FROM spend WHERE period = ?';

export const sumsOf = (db: Database, period: string): Sums => asSums(db.get(`SELECT ${SUMS}`, period));

export const sumsOfWorkspace = (db: Database, period: string, workspace: string): Sums =>
  asSums(db.get(`SELECT ${SUMS} AND workspace = ?`, period, workspace));

export const sumsOfInline = (db: Database, period: string): Sums =>
  asSums(db.get(`SELECT ${SUMS} AND inline = 1`, period));

/** `swept` for a call that a crash left and for which nothing is held: an actual settlement is still accepted. */
export const RELEASED = 2;

export const committed = ({ settled, reserved, held }: Sums): NanoUsd =>
  (settled + reserved + held) as NanoUsd;

export function move(db: Database, { period, workspace, inline }: Account, by: Differences): void {
  db.run(
    `INSERT INTO spend (period, workspace, inline, settled, reserved, held) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET settled = settled + excluded.settled, reserved = reserved + excluded.reserved,
       held = held + excluded.held`,
    period,
    workspace,
    inline ? 1 : 0,
    by.settled ?? 0,
    by.reserved ?? 0,
    by.held ?? 0,
  );
}

export const raisedBy = (db: Database, period: string): NanoUsd =>
  bounded(db.get('SELECT total(by_amount) total FROM raises WHERE period = ?', period)?.['total']);

export const readMeta = (db: Database, key: string): string | undefined => {
  const row = db.get('SELECT value FROM meta WHERE key = ?', key);
  return row && text(row, 'value');
};

export const writeMeta = (db: Database, key: string, value: string): void => {
  db.run('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', key, value);
};

export const dropMeta = (db: Database, key: string): void => {
  db.run('DELETE FROM meta WHERE key = ?', key);
};

/** Number of the last money transaction; 0 where the stored one is unreadable, which contradicts the mirror. */
export function moneySeq(db: Database): number {
  const seq = Number(readMeta(db, 'money_seq') ?? 0);
  return Number.isSafeInteger(seq) && seq >= 0 ? seq : 0;
}

/** The mirror's content for the present database. */
export function standingOf(db: Database): Required<MirroredTotal> {
  const period = readMeta(db, 'period') ?? '';
  return {
    period,
    total: committed(sumsOf(db, period)),
    raised: raisedBy(db, period),
    doubted: readMeta(db, 'doubt') !== undefined,
    seq: moneySeq(db),
  };
}

/** Inside the transaction whose changes it reports: the next number, in the database and in the mirror. */
export function writeNextMirror({ db, mirrorFile }: Books, after = moneySeq(db)): Required<MirroredTotal> {
  writeMeta(db, 'money_seq', String(after + 1));
  const standing = standingOf(db);
  writeMirror(mirrorFile, standing);
  return standing;
}

const isSameStanding = (one: Required<MirroredTotal>, other: Required<MirroredTotal>): boolean =>
  one.total === other.total &&
  one.period === other.period &&
  one.raised === other.raised &&
  one.doubted === other.doubted;

function enterPeriod(db: Database, now: EpochMs): Period {
  const stored = readMeta(db, 'period');
  const period = periodFrom(stored, now);
  if (period.id === stored) return period;
  endHoldsBefore(db, period, now);
  writeMeta(db, 'period', period.id);
  return period;
}

/**
 * Ends holds with their period: a call stays counted at its estimate, one that a crash left at its expected cost. A
 * later bill is still recorded in full, in the call's own period.
 */
function endHoldsBefore(db: Database, { id }: Period, now: EpochMs): void {
  const old = `${UNBILLED} AND period < ?`;
  if (!db.get(`SELECT 1 FROM entries WHERE ${old} LIMIT 1`, id)) return;
  db.run(
    `INSERT INTO releases (entry_id, at, amount, reason)
     SELECT id, ?, CASE swept WHEN 1 THEN cost - min(cost, expected) ELSE held END, 'month ended'
     FROM entries WHERE ${old}`,
    Math.round(now),
    id,
  );
  db.run(
    `UPDATE entries SET cost = CASE swept WHEN 1 THEN min(cost, expected) ELSE cost END, source = 'estimate', held = 0,
       swept = CASE swept WHEN 1 THEN ${RELEASED} ELSE 0 END, released = 1 WHERE ${old}`,
    id,
  );
  db.run(
    `UPDATE spend SET held = 0, settled = (SELECT CAST(total(cost) AS INTEGER) FROM entries e
       WHERE e.period = spend.period AND e.workspace = spend.workspace AND e.inline = spend.inline)
     WHERE held > 0 AND period < ?`,
    id,
  );
}

const asSums = (row: ReturnType<Database['get']>): Sums => ({
  settled: bounded(row?.['settled']),
  reserved: bounded(row?.['reserved']),
  held: bounded(row?.['held']),
});

/** Exact up to the largest amount, and that amount beyond it. */
export const bounded = (total: unknown): NanoUsd =>
  (typeof total === 'number'
    ? Math.max(-Number.MAX_SAFE_INTEGER, Math.min(MAX_MONEY, Math.round(total)))
    : 0) as NanoUsd;
