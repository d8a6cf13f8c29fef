/**
 * Reserve, settle, void: the life of one call's money. The invariant, over all windows and crashes:
 *
 *   settled + held back + reserved <= limit    as long as no bill exceeds its worst case
 */
import { createHash, randomUUID } from 'node:crypto';
import type {
  LedgerRefusal,
  Reservation,
  ReservationRequest,
  SettleRefusal,
  Settlement,
  TokenCounts,
} from '../../app/ports/money.ts';
import type { EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import { ZERO, isMoney, left } from '../../core/money.ts';
import { availableOf } from '../../core/money/available.ts';
import { isPlainId } from '../../core/plainId.ts';
import type { Period } from '../../core/money/period.ts';
import { HOUR_MS, dayOf, hourOfWeek } from '../../core/money/period.ts';
import type { Result } from '../../core/result.ts';
import { fail, ok } from '../../core/result.ts';
import type { Account, Books, Differences } from './books.ts';
import {
  RELEASED,
  committed,
  ended,
  freeTransaction,
  moneyTransaction,
  move,
  raisedBy,
  readMeta,
  sumsOf,
  sumsOfInline,
  sumsOfWorkspace,
  writeMeta,
} from './books.ts';
import { pendingConfirmation } from './confirmation.ts';
import type { Database, Row } from './database.ts';
import { firstLookUp } from './lookUps.ts';
import { integer, text } from './database.ts';

/** No call lives this long, so that the reservation's owner has ended. */
const ABANDONED_MS = 2 * HOUR_MS;

export function reserve(
  books: Books,
  request: ReservationRequest,
  now: EpochMs,
): Result<Reservation, LedgerRefusal> {
  if (!isMoney(request.worstCase)) {
    return fail({ kind: 'unavailable', problem: 'bad-request', reason: 'The worst case is not an amount.' });
  }
  const transaction = request.worstCase === ZERO ? freeTransaction : moneyTransaction;
  return transaction(books, now, (period) => {
    const refusal = request.worstCase === 0 ? undefined : refusalOf(books.db, request, period, now);
    if (refusal) return fail(refusal);
    return ok(insert(books.db, request, period, now));
  });
}

export function settle(
  books: Books,
  id: ReservationId,
  settlement: Settlement,
  now: EpochMs,
): Result<{ readonly overrun: NanoUsd }, SettleRefusal> {
  const transaction =
    settlement.cost === ZERO && isFreeEntry(books.db, id) ? freeTransaction : moneyTransaction;
  return transaction(books, now, () => {
    const open = openEntry(books.db, id);
    if (!open.ok) return open;
    const { worst, account, standing } = open.value;
    // An unreadable amount is not zero: the reservation stays.
    const known = isMoney(settlement.cost);
    const cost = known ? settlement.cost : worst;
    const held = Math.min(
      isMoney(settlement.heldBack) ? settlement.heldBack : worst,
      left(worst, cost),
    ) as NanoUsd;
    const overrun = left(cost, worst);
    move(books.db, account, negative(standing));
    move(books.db, account, ended(cost, held, held > 0));
    const { tokens, generationId, seenTokens, sentTokens, note } = settlement;
    const canLookUp = held > 0 && generationId !== undefined && isPlainId(generationId);
    books.db.run(
      `UPDATE entries SET state = 'settled', swept = 0, released = 0, settled_at = ?, cost = ?, held = ?, overrun = ?, source = ?,
         input = ?, cached_input = ?, cache_write = ?, output = ?, reasoning = ?, generation_id = ?, seen = ?, sent = ?,
         note = ?, lookup_at = ? WHERE id = ?`,
      now,
      cost,
      held,
      overrun,
      known ? settlement.source : 'worst-case',
      ...counts(tokens),
      generationId === undefined ? null : storable(generationId),
      countOf(seenTokens),
      countOf(sentTokens),
      note?.slice(0, 200) ?? null,
      canLookUp ? firstLookUp(now) : null,
      id,
    );
    return ok({ overrun });
  });
}

const countOf = (tokens: number | undefined): number =>
  tokens !== undefined && Number.isSafeInteger(tokens) ? Math.max(0, tokens) : 0;

/**
 * A bill that could not be written when it arrived. One that was written meanwhile stays as it is; one whose
 * reservation is not in this file, since the file had to be replaced, is recorded in full.
 */
export function settleLate(books: Books, id: ReservationId, settlement: Settlement, now: EpochMs): void {
  const row = books.db.get('SELECT state, swept FROM entries WHERE id = ?', id);
  if (!row) recordLate(books, id, settlement.cost, now);
  else if (text(row, 'state') === 'reserved' || integer(row, 'swept') > 0) settle(books, id, settlement, now);
}

function recordLate(books: Books, id: ReservationId, cost: NanoUsd, now: EpochMs): void {
  if (cost === ZERO) return;
  moneyTransaction(books, now, (period) => {
    const added = books.db.run(
      `INSERT INTO entries (id, period, day, at, settled_at, state, arm, purpose, inline, workspace, language, expected,
         worst, cost, source, note)
       VALUES (?, ?, ?, ?, ?, 'settled', '', 'opening', 0, '', '', ?, ?, ?, 'reported', 'late bill') ON CONFLICT DO NOTHING`,
      ...[id, period.id, dayOf(now), Math.round(now), Math.round(now), cost, cost, cost],
    );
    if (added > 0) move(books.db, { period: period.id, workspace: '', inline: false }, { settled: cost });
  });
}

export function voidReservation(
  books: Books,
  id: ReservationId,
  reason: string,
  now: EpochMs,
): Result<undefined, SettleRefusal> {
  const transaction = isFreeEntry(books.db, id) ? freeTransaction : moneyTransaction;
  return transaction(books, now, () => {
    const open = openEntry(books.db, id);
    if (!open.ok) return open;
    move(books.db, open.value.account, negative(open.value.standing));
    books.db.run(
      `UPDATE entries SET state = 'void', swept = 0, released = 0, settled_at = ?, cost = 0, source = NULL, note = ? WHERE id = ?`,
      now,
      reason.slice(0, 200),
      id,
    );
    return ok(undefined);
  });
}

/**
 * Settles a reservation that a crash left at its worst case: the call may have been served and billed. If its owner
 * returns (a machine that slept), the actual settlement is still accepted, also after a release by the user.
 */
export function sweepAbandoned(books: Books, now: EpochMs): number {
  const before = now - ABANDONED_MS;
  const some = books.db.get(`SELECT 1 FROM entries WHERE state = 'reserved' AND at < ? LIMIT 1`, before);
  if (!some) return 0;
  return moneyTransaction(books, now, () => {
    const rows = books.db.all(`SELECT * FROM entries WHERE state = 'reserved' AND at < ?`, before);
    for (const row of rows) {
      const worst = integer(row, 'worst');
      move(books.db, accountOf(row), { reserved: -worst, held: worst });
    }
    // A free call holds nothing and is not in the list of holds; a later bill is still accepted.
    return books.db.run(
      `UPDATE entries SET state = 'settled', swept = CASE worst WHEN 0 THEN ${RELEASED} ELSE 1 END,
         source = 'worst-case', settled_at = ?, cost = worst
       WHERE state = 'reserved' AND at < ?`,
      now,
      before,
    );
  });
}

export const accountOf = (row: Row): Account => ({
  period: text(row, 'period'),
  workspace: text(row, 'workspace'),
  inline: integer(row, 'inline') === 1,
});

function refusalOf(
  db: Database,
  request: ReservationRequest,
  period: Period,
  now: EpochMs,
): LedgerRefusal | undefined {
  const doubt = pendingConfirmation(db, period, now);
  if (doubt) return { kind: 'needs-confirmation', candidates: doubt };
  if (!isMoney(request.limit)) return { kind: 'no-limit-set' };

  const over = (
    which: 'month' | 'workspace' | 'inline',
    limit: number,
    used: NanoUsd,
  ): LedgerRefusal | undefined =>
    used + request.worstCase <= limit
      ? undefined
      : { kind: 'over-limit', which, left: availableOf(limit as NanoUsd, used), resetsAt: period.end };

  const { workspaceLimit, inlineLimit, workspaceId } = request;
  const month = over('month', request.limit + raisedBy(db, period.id), committed(sumsOf(db, period.id)));
  if (month) return month;
  // An unreadable sub-limit counts as zero and not as no limit.
  if (workspaceLimit !== undefined) {
    const used = committed(sumsOfWorkspace(db, period.id, workspaceId));
    const workspace = over('workspace', isMoney(workspaceLimit) ? workspaceLimit : 0, used);
    if (workspace) return workspace;
  }
  if (inlineLimit === undefined || !isInline(request)) return undefined;
  return over('inline', isMoney(inlineLimit) ? inlineLimit : 0, committed(sumsOfInline(db, period.id)));
}

function insert(db: Database, request: ReservationRequest, period: Period, now: EpochMs): Reservation {
  const id = randomUUID() as ReservationId;
  const { worstCase } = request;
  const account = { period: period.id, workspace: request.workspaceId, inline: isInline(request) };
  db.run(
    `INSERT INTO entries (id, period, day, at, state, arm, decision_id, purpose, inline, workspace, language,
       expected, worst) VALUES (?, ?, ?, ?, 'reserved', ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    period.id,
    dayOf(now),
    Math.round(now),
    request.armId,
    request.decisionId ?? null,
    request.purpose,
    account.inline ? 1 : 0,
    account.workspace,
    request.language,
    isMoney(request.expected) ? request.expected : worstCase,
    worstCase,
  );
  if (worstCase > 0) move(db, account, { reserved: worstCase });
  countRequest(db, request, period, now);
  return { id, period: period.id, worstCase };
}

const isInline = (request: ReservationRequest): boolean =>
  request.purpose === 'inline' || request.surface === 'inline';

/**
 * Demand counts the requests for which the month's money may be needed: users' requests, whichever model answers, and
 * completions that can cost something. Free completions, several a minute, would make every other request look too
 * expensive; retries, embeddings and tests are the program's own.
 */
function countRequest(
  db: Database,
  { purpose, worstCase }: ReservationRequest,
  period: Period,
  now: EpochMs,
): void {
  if (purpose !== 'ask' && purpose !== 'inline' && purpose !== 'chat') return;
  if (purpose === 'inline' && worstCase === ZERO) return;
  db.run('INSERT INTO requests VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1', period.id, purpose);
  db.run(
    'INSERT INTO demand VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1',
    dayOf(now),
    hourOfWeek(now),
    purpose,
  );
}

/** A call for which no money was reserved; the held amount never exceeds the reservation. */
const isFreeEntry = (db: Database, id: ReservationId): boolean =>
  db.get('SELECT worst FROM entries WHERE id = ?', id)?.['worst'] === 0;

/**
 * Text that is not a plain id is not stored: its hash still distinguishes two calls, but its bill cannot be looked up.
 */
const storable = (generationId: string): string =>
  isPlainId(generationId)
    ? generationId
    : `sha256:${createHash('sha256').update(generationId).digest('hex').slice(0, 32)}`;

interface OpenEntry {
  readonly worst: NanoUsd;
  readonly account: Account;
  /** The present state of its money: reserved, held since a sweep, or released and settled. */
  readonly standing: Differences;
}

/** An entry that may still be settled; a second settlement is refused and counted. */
function openEntry(db: Database, id: ReservationId): Result<OpenEntry, SettleRefusal> {
  const row = db.get('SELECT * FROM entries WHERE id = ?', id);
  if (!row) return fail('unknown');
  const worst = integer(row, 'worst') as NanoUsd;
  // Or swept and released since (holds.ts), which is also only an estimate.
  const swept = integer(row, 'swept');
  if (text(row, 'state') !== 'reserved' && swept === 0) {
    writeMeta(db, 'refused_settlements', String(Number(readMeta(db, 'refused_settlements') ?? 0) + 1));
    return fail('already-settled');
  }
  const standing = swept === 0 ? { reserved: worst } : ended(integer(row, 'cost'), 0, swept !== RELEASED);
  return ok({ worst, account: accountOf(row), standing });
}

const negative = ({ settled = 0, reserved = 0, held = 0 }: Differences): Differences => ({
  settled: -settled,
  reserved: -reserved,
  held: -held,
});

/** The columns of an entry; an invalid count gives none. */
export const counts = (tokens: TokenCounts): readonly number[] =>
  [tokens.input, tokens.cachedInput, tokens.cacheWrite, tokens.output, tokens.reasoning].map((count) =>
    Number.isSafeInteger(count) && count >= 0 ? count : 0,
  );
