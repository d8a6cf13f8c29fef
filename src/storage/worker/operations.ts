/**
 * The effect of each question on the books. The types of questions and answers and the host's ports follow from this
 * table. A name is the same here and in the port (src/app/ports).
 */
import type { DecisionPage, SpendFilter, SpendGroup } from '../../app/ports/usage.ts';
import type { ForgetScope } from '../../app/ports/decisions.ts';
import type {
  ImportedEntry,
  ReservationRequest,
  Settlement,
  ToldBill,
  UsageReading,
} from '../../app/ports/money.ts';
import type { DecisionId, EpochMs, NanoUsd, ReservationId } from '../../core/brand.ts';
import type { Decision, Outcome } from '../../core/decision.ts';
import { ZERO, isMoney } from '../../core/money.ts';
import type { Books } from './books.ts';
import { moneyTransaction } from './books.ts';
import { confirmTotal } from './confirmation.ts';
import { dispute } from './disputes.ts';
import { forget, importEntries, isUpToDate, noteLoaded, type WindowMemory } from './forgetting.ts';
import { noteKeyUsage } from './keyUsage.ts';
import { releaseHold, reconcile } from './holds.ts';
import { takeLookUps } from './lookUps.ts';
import {
  appendDecision,
  decisionAsOf,
  decisionPage,
  findDecision,
  newestSnapshot,
  pruneEntries,
  pruneLog,
  readLog,
  recordOutcome,
  saveSnapshot,
  setSnapshotAside,
  timeToPruneBy,
} from './logTables.ts';
import { reserve, settle, sweepAbandoned, voidReservation } from './reservations.ts';
import { takeNotices } from './notices.ts';
import { stateTotal } from './statedTotal.ts';
import { chargeList, entriesAfter, holdList, periodTotals, spendBy, spendCube } from './usageTables.ts';

interface Desk {
  readonly books: Books;
  readonly now: EpochMs;
  readonly memory: WindowMemory;
}

export const operations = ({ books, now, memory }: Desk) => ({
  ...money(books, now),
  ...log(books, now, memory),
  ...usage(books, now),
  /** Looks for changes by other windows and for the start of a month; also does housekeeping. */
  poll: () => sweepAbandoned(books, now),
  close: () => undefined,
});

const money = (books: Books, now: EpochMs) => ({
  reserve: (request: ReservationRequest) => reserve(books, request, now),
  settle: (id: ReservationId, settlement: Settlement) => settle(books, id, settlement, now),
  void: (id: ReservationId, reason: string) => voidReservation(books, id, reason, now),
  releaseHold: (id: ReservationId | 'all', reason: string) => releaseHold(books, id, reason, now),
  reconcile: (id: ReservationId, told: ToldBill, reason: string) => reconcile(books, id, told, reason, now),
  stateTotal: (total: NanoUsd, endpointId: string | undefined) => stateTotal(books, total, endpointId, now),
  noteKeyUsage: (reading: UsageReading) => noteKeyUsage(books, reading, now),
  dispute: (id: ReservationId, amount: NanoUsd) => dispute(books, id, amount, now),
  takeLookUps: (endpointIds: readonly string[]) => takeLookUps(books, endpointIds, now),
  raiseLimit: (by: NanoUsd) => {
    if (!isMoney(by) || by === ZERO) return;
    moneyTransaction(books, now, (period) => {
      books.db.run(
        'INSERT INTO raises (period, at, by_amount) VALUES (?, ?, ?)',
        period.id,
        Math.round(now),
        by,
      );
    });
  },
  confirmTotal: (total: NanoUsd) => confirmTotal(books, total, now),
  takeNotices: (limit: NanoUsd) => takeNotices(books, limit, now),
  importEntries: (rows: readonly ImportedEntry[]) => importEntries(books, rows, now),
});

const log = ({ db }: Books, now: EpochMs, memory: WindowMemory) => ({
  // No money: an inline request's decision does not wait for the disk.
  append: (decision: Decision) => db.immediate(() => appendDecision(db, decision), 'soon'),
  record: (outcome: Outcome) => recordOutcome(db, outcome),
  decision: (id: DecisionId) => findDecision(db, id),
  asOf: (id: DecisionId, beforeSeq: number) => decisionAsOf(db, id, beforeSeq),
  read: (afterSeq: number, limit: number) => readLog(db, afterSeq, limit),
  loadSnapshot: () => {
    noteLoaded(db, memory);
    return newestSnapshot(db);
  },
  saveSnapshot: (seq: number, state: unknown) => {
    // Another window has forgotten since: this one must not bring the state back.
    if (!isUpToDate(db, memory)) return;
    saveSnapshot(db, seq, state);
    // Only rows that a snapshot covers may leave the log, so that this is the time to drop them.
    const by = timeToPruneBy(db, now);
    if (by === undefined) return;
    pruneLog(db, by);
    pruneEntries(db, by);
  },
  quarantineSnapshot: (reason: string) => setSnapshotAside(db, reason),
  forget: (scope: ForgetScope) => forget(db, scope, memory),
});

const usage = ({ db }: Books, now: EpochMs) => ({
  spend: (by: SpendGroup, filter: SpendFilter) => spendBy(db, by, filter),
  cube: (period: string, workspaceId: string | undefined) => spendCube(db, period, workspaceId),
  periods: () => periodTotals(db),
  decisions: (page: DecisionPage) => decisionPage(db, page),
  holds: () => holdList(db, now),
  charges: () => chargeList(db, now),
  entries: (afterSeq: number, limit: number) => entriesAfter(db, afterSeq, limit),
});

export type StoreOperations = ReturnType<typeof operations>;
export type StoreOperation = keyof StoreOperations;

/** Operations whose changes the caller relies on: worth waiting for a lock several times. */
export const mustNotBeLost: ReadonlySet<StoreOperation> = new Set<StoreOperation>([
  'settle',
  'void',
  'releaseHold',
  'reconcile',
  'stateTotal',
  'dispute',
  'raiseLimit',
  'confirmTotal',
  'append',
  'record',
  'saveSnapshot',
  'forget',
  'importEntries',
]);
