/**
 * Checks whether the database's total of the month can be true. Each opening compares it with its own rows, with the
 * mirror beside it (mirrorFile.ts) and with the copy in globalState. The highest total counts. A difference that a
 * crash explains, one transaction that reached the mirror and not the file, is counted and may be released; after any
 * other difference paid calls wait for the user's statement.
 *
 * Transactions are numbered: two sources with the same number must agree, and the one with the higher number contains
 * money that the other lacks. A mirror *behind* the database is not evidence: it is not forced to the disk, and a power
 * failure loses its latest versions. The sources cover each other: the mirror does not contain the rows, and the mirror
 * is checksummed.
 */
import type { EpochMs, NanoUsd } from '../../core/brand.ts';
import type { Period } from '../../core/money/period.ts';
import { periodFrom } from '../../core/money/period.ts';
import type { Books, Sums } from './books.ts';
import {
  ENTRY_SUMS,
  bounded,
  committed,
  standingOf,
  sumsOf,
  sumsOfInline,
  writeMeta,
  writeNextMirror,
} from './books.ts';
import { raiseDoubt, recordOpening, recordUncommitted, type Candidates } from './confirmation.ts';
import type { Database } from './database.ts';
import type { MirroredTotal } from '../mirroredTotal.ts';
import { readMirror } from './mirrorFile.ts';

/** The totals of all sources, read in one transaction. */
interface Hearing {
  /** The present money period. */
  readonly period: Period;
  readonly own: Required<MirroredTotal>;
  readonly mirror: MirroredTotal | undefined;
  readonly remembered: MirroredTotal | undefined;
  /** For the current period: the stored sums, and the same sums from the rows. */
  readonly kept: Sums & { readonly inline: NanoUsd };
  readonly rows: Sums & { readonly inline: NanoUsd };
}

export function compareWitnesses(books: Books, remembered: MirroredTotal | undefined, now: EpochMs): void {
  const hear = (): Hearing => hearing(books, remembered, now);
  if (!isDisputed(books.db.reading(hear))) return;
  // A window that is paying now has written its mirror and not yet committed; under the lock there is none.
  books.db.immediate(() => {
    const heard = hear();
    if (isDisputed(heard)) settleDispute(books, heard, now);
  });
}

function hearing({ db, mirrorFile }: Books, remembered: MirroredTotal | undefined, now: EpochMs): Hearing {
  const own = standingOf(db);
  const mirror = readMirror(mirrorFile);
  const period = periodFrom(trustedPeriod(own, mirror), now);
  const kept = { ...sumsOf(db, period.id), inline: committed(sumsOfInline(db, period.id)) };
  return { period, own, mirror, remembered, kept, rows: sumsOfRows(db, period.id) };
}

/** 0.4 s of processor time for a million rows of one month, a quarter of the time for checking the pages. */
function sumsOfRows(db: Database, period: string): Hearing['rows'] {
  const row = db.get(
    `SELECT ${ENTRY_SUMS},
       total(CASE inline WHEN 1 THEN cost + held + CASE state WHEN 'reserved' THEN worst ELSE 0 END ELSE 0 END) inline
     FROM entries WHERE period = ? AND state <> 'void'`,
    period,
  );
  return {
    settled: bounded(row?.['settled']),
    reserved: bounded(row?.['reserved']),
    held: bounded(row?.['held']),
    inline: bounded(row?.['inline']),
  };
}

/** The mirror's copy where the same transaction wrote it: it has a checksum, the row in the database has none. */
const trustedPeriod = (own: MirroredTotal, mirror: MirroredTotal | undefined): string =>
  mirror?.seq === own.seq ? mirror.period : own.period;

const isDisputed = (heard: Hearing): boolean =>
  needsWord(heard) || isRaisedUnseen(heard) || (isOneAhead(heard) && missing(heard) > 0);

/** A difference that no crash explains. */
const needsWord = ({ own, mirror, remembered, kept, rows }: Hearing): boolean =>
  !isSame(kept, rows) ||
  contradicts(mirror, own, own.seq + 1) ||
  contradicts(
    remembered?.raised === undefined && remembered?.seq === own.seq ? undefined : remembered,
    own,
    own.seq,
  );

/** `latest`: the highest number that the source may have. */
function contradicts(
  witness: MirroredTotal | undefined,
  own: Required<MirroredTotal>,
  latest: number,
): boolean {
  if (!witness) return false;
  if (witness.seq > latest) return true;
  if (witness.seq !== own.seq) return false;
  return (
    witness.period !== own.period || witness.total !== own.total || (witness.doubted === true && !own.doubted)
  );
}

/** A raise of the limit that the other sources lack: the lower limit counts, and the user can raise it again. */
const isRaisedUnseen = (heard: Hearing): boolean => raisedAsSeen(heard) < heard.own.raised;

const raisedAsSeen = ({ own, mirror, remembered }: Hearing): NanoUsd =>
  Math.min(
    own.raised,
    ...[mirror, remembered].map((witness) =>
      witness?.seq === own.seq && witness.period === own.period ? (witness.raised ?? own.raised) : own.raised,
    ),
  ) as NanoUsd;

const isOneAhead = ({ own, mirror }: Hearing): boolean => mirror?.seq === own.seq + 1;

/** The committed amount of the current period that the other sources have beyond the file's. */
const missing = (heard: Hearing): number => highest(candidatesOf(heard)) - committed(heard.kept);

function settleDispute(books: Books, heard: Hearing, now: EpochMs): void {
  const { db } = books;
  const { period, own, mirror, remembered } = heard;
  const trusted = trustedPeriod(own, mirror);
  if (trusted !== own.period) writeMeta(db, 'period', trusted);
  if (isRaisedUnseen(heard)) lowerRaise(db, own.period, raisedAsSeen(heard), now);
  if (!isSame(heard.kept, heard.rows)) rebuildSums(db, period.id);
  if (needsWord(heard)) {
    recordOpening(db, period, highest(candidatesOf(heard)), now);
    raiseDoubt(db, period, candidatesOf(heard));
  } else if (isOneAhead(heard)) {
    recordUncommitted(db, period, Math.max(0, missing(heard)), now);
  }
  writeNextMirror(books, Math.max(own.seq, mirror?.seq ?? 0, remembered?.seq ?? 0));
}

function lowerRaise(db: Database, period: string, to: NanoUsd, now: EpochMs): void {
  db.run('DELETE FROM raises WHERE period = ?', period);
  db.run('INSERT INTO raises (period, at, by_amount) VALUES (?, ?, ?)', period, Math.round(now), to);
}

function candidatesOf({ period, mirror, remembered, kept, rows }: Hearing): Candidates {
  return [
    ...statements(period, mirror, remembered),
    { source: 'database', total: committed(kept) },
    ...(isSame(kept, rows) ? [] : [{ source: 'rows', total: committed(rows) }]),
  ];
}

/** The committed amount of this period in the mirror and in globalState; a copy of an earlier period counts as zero. */
export function statements(
  period: Period,
  mirror: MirroredTotal | undefined,
  remembered: MirroredTotal | undefined,
): Candidates {
  const of = (witness: MirroredTotal): NanoUsd =>
    (witness.period === period.id ? witness.total : 0) as NanoUsd;
  return [
    ...(mirror ? [{ source: 'mirror', total: of(mirror) }] : []),
    ...(remembered ? [{ source: 'global-state', total: of(remembered) }] : []),
  ];
}

export const highest = (candidates: Candidates): NanoUsd =>
  Math.max(0, ...candidates.map(({ total }) => total)) as NanoUsd;

/** The sums are derived from the rows, so the rows decide. `period`: this one alone; undefined = all. */
export function rebuildSums(db: Database, period?: string): void {
  db.run('DELETE FROM spend WHERE ? IS NULL OR period = ?', period ?? null, period ?? null);
  db.run(
    `INSERT INTO spend (period, workspace, inline, settled, reserved, held)
     SELECT period, workspace, inline, CAST(settled AS INTEGER), CAST(reserved AS INTEGER), CAST(held AS INTEGER)
     FROM (SELECT period, workspace, inline, ${ENTRY_SUMS} FROM entries
       WHERE state <> 'void' AND (? IS NULL OR period = ?) GROUP BY period, workspace, inline)`,
    period ?? null,
    period ?? null,
  );
}

const isSame = (one: Hearing['kept'], other: Hearing['kept']): boolean =>
  one.settled === other.settled &&
  one.reserved === other.reserved &&
  one.held === other.held &&
  one.inline === other.inline;
