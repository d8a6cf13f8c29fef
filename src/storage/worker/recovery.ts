/**
 * Opening the file, whatever has become of it. A file that cannot be read is set aside under a new name, never deleted;
 * what is readable in it is brought over; and the month's total is taken from three witnesses: the mirror beside the
 * database, the copy in globalState, and the rows of the set-aside file. Unless all three are there and agree, paid
 * calls wait for the user's word.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import type { Period } from '../../core/money/period.ts';
import type { Books } from './books.ts';
import { committed, currentPeriod, moneySeq, sumsOf, writeMeta } from './books.ts';
import { pendingConfirmation, raiseDoubt, recordOpening, type Candidates } from './confirmation.ts';
import { openDatabase, type Database } from './database.ts';
import { StorageFailure, asFailure } from './failure.ts';
import type { MirroredTotal } from '../mirroredTotal.ts';
import { readMirror } from './mirrorFile.ts';
import { continueLog, salvage } from './salvage.ts';
import { checkOurs, migrate } from './schema.ts';
import { withLock } from './lock.ts';

export interface Place {
  readonly folder: string;
  readonly busyMs: number;
  /** What globalState remembers of the month. */
  readonly remembered: MirroredTotal | undefined;
}

export const databaseFile = (folder: string): string => path.join(folder, 'pilot.db');
export const mirrorFile = (folder: string): string => path.join(folder, 'month.json');

/** Opens, migrates and checks the file; creates or recovers it under a lock, so that two windows do it once. */
export async function openBooks(place: Place, now: EpochMs): Promise<Books> {
  mkdirSync(place.folder, { recursive: true });
  const file = databaseFile(place.folder);
  const books = await tryOpen(place, now);
  if (books) return books;
  await withLock(path.join(place.folder, 'recovery.lock'), async () => {
    // Another window may have done it while this one waited for the lock.
    const repaired = await tryOpen(place, now);
    if (repaired) {
      repaired.db.close();
      return;
    }
    const aside = hasAny(file) ? setAside(file, now) : undefined;
    await createFresh(place, aside, now);
  });
  const opened = await tryOpen(place, now);
  if (!opened) throw new StorageFailure('io-error', 'The new database cannot be read back.');
  return opened;
}

/** Undefined when the file is missing or not readable as ours; other failures (busy, read-only, newer) are thrown. */
async function tryOpen(place: Place, now: EpochMs): Promise<Books | undefined> {
  const file = databaseFile(place.folder);
  // This version puts complete files in place by renaming, so an empty one is what is left of another.
  if (!existsSync(file) || statSync(file).size === 0) return undefined;
  let db: Database | undefined;
  try {
    db = await openDatabase(file, place);
    checkOurs(db);
    migrate(db);
    checkMoney(db);
    const books = { db, mirrorFile: mirrorFile(place.folder) };
    noticeRollback(books, place, now);
    return books;
  } catch (error) {
    db?.close();
    const failure = asFailure(error);
    if (failure.kind === 'corrupt') return undefined;
    throw failure;
  }
}

/** The money tables alone: the log may be large, and a bad page there stops no payment. */
function checkMoney(db: Database): void {
  for (const table of ['entries', 'spend', 'meta', 'raises']) {
    const [verdict] = db.all(`PRAGMA quick_check(${table})`);
    if (verdict?.['quick_check'] !== 'ok') throw new StorageFailure('corrupt', `${table} is damaged`);
  }
}

/**
 * The mirror is at most one transaction ahead of the database (one that crashed before its commit). Further ahead means
 * that an older copy of the database was put back, and what it does not know was spent all the same.
 */
function noticeRollback({ db, mirrorFile }: Books, place: Place, now: EpochMs): void {
  const mirror = readMirror(mirrorFile);
  if (!mirror || mirror.seq <= moneySeq(db) + 1) return;
  db.immediate(() => {
    const period = currentPeriod(db, now);
    if (pendingConfirmation(db, period, now)) return;
    const candidates = witnesses(period, place, mirror, committed(sumsOf(db, period.id)), 'database');
    recordOpening(db, period, highest(candidates), now);
    writeMeta(db, 'money_seq', String(mirror.seq));
    raiseDoubt(db, period, candidates);
  });
}

/** Built under a temporary name and put in place complete, so that no window ever opens half a database. */
async function createFresh(place: Place, aside: string | undefined, now: EpochMs): Promise<void> {
  const file = databaseFile(place.folder);
  const draft = `${file}.new-${process.pid}`;
  for (const suffix of SUFFIXES) rmSync(draft + suffix, { force: true });
  const db = await openDatabase(draft, place);
  try {
    migrate(db);
    // Opening a name without a file would create one, and SQLite then deletes the journal beside it.
    const rescued = aside !== undefined && existsSync(aside) && (await salvage(aside, db));
    db.immediate(() => {
      settleDoubt(db, place, { lost: aside !== undefined, rescued }, now);
      if (aside !== undefined || existsSync(mirrorFile(place.folder))) continueLog(db, now);
    });
  } finally {
    db.close();
  }
  renameSync(draft, file);
}

interface Loss {
  /** A file was there and could not be used. */
  readonly lost: boolean;
  readonly rescued: boolean;
}

function settleDoubt(db: Database, place: Place, { lost, rescued }: Loss, now: EpochMs): void {
  const mirror = readMirror(mirrorFile(place.folder));
  const period = currentPeriod(db, now);
  const readable = rescued ? committed(sumsOf(db, period.id)) : undefined;
  const candidates = witnesses(period, place, mirror, readable, 'set-aside');
  writeMeta(db, 'period', period.id);
  writeMeta(db, 'money_seq', String(Math.max(moneySeq(db), mirror?.seq ?? 0)));
  const top = highest(candidates);
  // Nothing was lost where nothing is known to have been: the first start, or a month without a paid call.
  const silenced = mirror === undefined && existsSync(mirrorFile(place.folder));
  if (!lost && !silenced && top === 0) return;
  recordOpening(db, period, top, now);
  if (candidates.length < 3 || candidates.some(({ total }) => total !== top))
    raiseDoubt(db, period, candidates);
}

/** What each witness says was committed in this period; one that last wrote in an earlier period says nothing was. */
function witnesses(
  period: Period,
  place: Place,
  mirror: MirroredTotal | undefined,
  readable: NanoUsd | undefined,
  readableSource: 'set-aside' | 'database',
): Candidates {
  const of = (witness: MirroredTotal): NanoUsd =>
    (witness.period === period.id ? witness.total : 0) as NanoUsd;
  return [
    ...(mirror ? [{ source: 'mirror', total: of(mirror) }] : []),
    ...(place.remembered ? [{ source: 'global-state', total: of(place.remembered) }] : []),
    ...(readable === undefined ? [] : [{ source: readableSource, total: readable }]),
  ];
}

const highest = (candidates: Candidates): NanoUsd =>
  Math.max(0, ...candidates.map(({ total }) => total)) as NanoUsd;

const SUFFIXES = ['', '-wal', '-shm'] as const;

/** A journal left alone counts: SQLite would replay it into whatever database is put beside it. */
const hasAny = (file: string): boolean => SUFFIXES.some((suffix) => existsSync(file + suffix));

/** The write-ahead log goes with its database: part of the rows may be in it. */
function setAside(file: string, now: EpochMs): string {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/gu, '-');
  let target = `${file}.set-aside-${stamp}`;
  for (let n = 2; hasAny(target); n++) target = `${file}.set-aside-${stamp}-${n}`;
  for (const suffix of SUFFIXES) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}
