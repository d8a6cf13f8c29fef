/**
 * Opens the file in any condition. An unreadable file is set aside under a new name and never deleted; its readable
 * part is copied; and the month's total comes from three sources: the mirror beside the database, the copy in
 * globalState, and the rows of the file that was set aside. Unless all three exist and agree, paid calls wait for the
 * user's statement. A readable file is compared with the same sources (witnesses.ts).
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { EpochMs } from '../../core/brand.ts';
import type { Books } from './books.ts';
import { committed, currentPeriod, moneySeq, sumsOf, writeMeta, writeNextMirror } from './books.ts';
import { raiseDoubt, recordOpening } from './confirmation.ts';
import { openDatabase, type Database } from './database.ts';
import { StorageFailure, asFailure } from './failure.ts';
import type { MirroredTotal } from '../mirroredTotal.ts';
import { readMirror } from './mirrorFile.ts';
import { continueLog, salvage } from './salvage.ts';
import { checkOurs, checkSchema, expectedSchema, migrate } from './schema.ts';
import { withLock } from './lock.ts';
import { compareWitnesses, highest, statements } from './witnesses.ts';

export interface Place {
  readonly folder: string;
  readonly busyMs: number;
  /** The month as stored in globalState, or as this window last knew it. */
  readonly remembered: MirroredTotal | undefined;
  /** The open file turned out damaged: every page of the money tables is checked. Absent = false. */
  readonly thoroughly?: boolean;
}

export const databaseFile = (folder: string): string => path.join(folder, 'pilot.db');
export const mirrorFile = (folder: string): string => path.join(folder, 'month.json');

/** Opens, migrates and checks the file; creates or recovers it under a lock, so only one of two windows does it. */
export async function openBooks(place: Place, now: EpochMs): Promise<Books> {
  mkdirSync(place.folder, { recursive: true });
  const file = databaseFile(place.folder);
  const books = await tryOpen(place, now);
  if (books) return books;
  await withLock(path.join(place.folder, 'recovery.lock'), async () => {
    // Another window may have done it during the wait for the lock.
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

/**
 * Undefined when the file is missing or not readable as PILOT's; other failures (busy, read-only, newer) are thrown.
 */
async function tryOpen(place: Place, now: EpochMs): Promise<Books | undefined> {
  const file = databaseFile(place.folder);
  // This version puts complete files in place by renaming, so an empty one comes from another version.
  if (!existsSync(file) || statSync(file).size === 0) return undefined;
  let db: Database | undefined;
  try {
    db = await openDatabase(file, place);
    checkOurs(db);
    migrate(db);
    checkSchema(db, await expectedSchema());
    checkMoney(db, place.thoroughly === true);
    const books = { db, mirrorFile: mirrorFile(place.folder) };
    compareWitnesses(books, place.remembered, now);
    return books;
  } catch (error) {
    db?.close();
    const failure = asFailure(error);
    if (failure.kind === 'corrupt' || isImpossible(error)) return undefined;
    throw failure;
  }
}

/** SQL that has always worked is refused only where the file's own schema is damaged. */
const isImpossible = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  (error.errcode & 0xff) === 1;

/** Up to this number of pages, every opening checks every page, index and constraint of the money tables: 10 ms. */
const SMALL = 2_000;

/**
 * Only the money tables: the log may be large, and a bad page there stops no payment. The rows of a large file are not
 * read twice: their sums are compared with the stored ones (witnesses.ts), and a question that meets damage afterwards
 * opens the file again, `thoroughly`.
 */
function checkMoney(db: Database, thoroughly: boolean): void {
  const isSmall = db.pragmaNumber('page_count') <= SMALL;
  const check = thoroughly || isSmall ? 'integrity_check' : 'quick_check';
  for (const table of MONEY_TABLES) {
    if (table === 'entries' && check === 'quick_check') continue;
    const [verdict] = db.all(`PRAGMA ${check}(${table})`);
    if (verdict?.['integrity_check'] !== 'ok' && verdict?.['quick_check'] !== 'ok')
      throw new StorageFailure('corrupt', `${table} is damaged`);
  }
}

const MONEY_TABLES = [
  'entries',
  'spend',
  'meta',
  'raises',
  'releases',
  'notices',
  'requests',
  'demand',
] as const;

/** Built under a temporary name and then renamed, so no window ever opens a partial database. */
async function createFresh(place: Place, aside: string | undefined, now: EpochMs): Promise<void> {
  const file = databaseFile(place.folder);
  const draft = `${file}.new-${process.pid}`;
  for (const suffix of SUFFIXES) rmSync(draft + suffix, { force: true });
  const db = await openDatabase(draft, place);
  try {
    migrate(db);
    // Opening a missing file would create it, and SQLite would then delete the journal beside it.
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
  /** A file existed and was unusable. */
  readonly lost: boolean;
  readonly rescued: boolean;
}

function settleDoubt(db: Database, place: Place, { lost, rescued }: Loss, now: EpochMs): void {
  const mirror = readMirror(mirrorFile(place.folder));
  const period = currentPeriod(db, now);
  const readable = rescued ? committed(sumsOf(db, period.id)) : undefined;
  const candidates = [
    ...statements(period, mirror, place.remembered),
    ...(readable === undefined ? [] : [{ source: 'set-aside', total: readable }]),
  ];
  writeMeta(db, 'period', period.id);
  const top = highest(candidates);
  // Nothing was lost where no spending is known: the first start, or a month without a paid call.
  const silenced = mirror === undefined && existsSync(mirrorFile(place.folder));
  if (!lost && !silenced && top === 0 && !mirror && !place.remembered) return;
  recordOpening(db, period, top, now);
  const agree = candidates.length === 3 && candidates.every(({ total }) => total === top);
  if ((lost || silenced || top > 0) && !agree) raiseDoubt(db, period, candidates);
  const seqs = [moneySeq(db), mirror?.seq ?? 0, place.remembered?.seq ?? 0];
  writeNextMirror({ db, mirrorFile: mirrorFile(place.folder) }, Math.max(...seqs));
}

const SUFFIXES = ['', '-wal', '-shm'] as const;

/** A journal without a database counts: SQLite would replay it into any database that is put beside it. */
const hasAny = (file: string): boolean => SUFFIXES.some((suffix) => existsSync(file + suffix));

/** The write-ahead log moves with its database, since it may contain some of the rows. */
function setAside(file: string, now: EpochMs): string {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/gu, '-');
  let target = `${file}.set-aside-${stamp}`;
  for (let n = 2; hasAny(target); n++) target = `${file}.set-aside-${stamp}-${n}`;
  for (const suffix of SUFFIXES) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}
