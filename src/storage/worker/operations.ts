/** What each question does to the books; one line each, so that the worker is a table and not a switch. */
import { ZERO, isMoney } from '../../core/money.ts';
import type { EpochMs } from '../../core/brand.ts';
import type { Books } from './books.ts';
import { moneyTransaction } from './books.ts';
import { confirmTotal } from './confirmation.ts';
import { dispute } from './disputes.ts';
import { forget, importEntries, isUpToDate, noteLoaded, type WindowMemory } from './forgetting.ts';
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
import type { Answer, Argument, Operation } from '../protocol.ts';
import { reserve, settle, sweepAbandoned, voidReservation } from './reservations.ts';
import { takeNotices } from './notices.ts';
import { stateTotal } from './statedTotal.ts';
import { chargeList, entriesAfter, holdList, periodTotals, spendBy, spendCube } from './usageTables.ts';

type Handler<Op extends Operation> = (
  books: Books,
  argument: Argument<Op>,
  now: EpochMs,
  memory: WindowMemory,
) => Answer<Op>;

export const handlers: { readonly [Op in Operation]: Handler<Op> } = {
  reserve,
  settle: (books, { id, settlement }, now) => settle(books, id, settlement, now),
  void: (books, { id, reason }, now) => voidReservation(books, id, reason, now),
  release: (books, { id, reason }, now) => releaseHold(books, id, reason, now),
  reconcile: (books, { id, told, reason }, now) => reconcile(books, id, told, reason, now),
  stateTotal: (books, { total, endpointId }, now) => stateTotal(books, total, endpointId, now),
  dispute: (books, { id, amount }, now) => dispute(books, id, amount, now),
  takeLookUps,
  raise: (books, by, now) => {
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
  confirm: (books, total, now) => {
    confirmTotal(books, total, now);
  },
  takeNotices,
  append: ({ db }, decision) => {
    // No money: an inline request's decision does not wait for the disk.
    db.immediate(() => appendDecision(db, decision), 'soon');
  },
  record: ({ db }, outcome) => {
    recordOutcome(db, outcome);
  },
  decision: ({ db }, id) => findDecision(db, id),
  asOf: ({ db }, { id, beforeSeq }) => decisionAsOf(db, id, beforeSeq),
  read: ({ db }, { afterSeq, limit }) => readLog(db, afterSeq, limit),
  loadSnapshot: ({ db }, _argument, _now, memory) => {
    noteLoaded(db, memory);
    return newestSnapshot(db);
  },
  saveSnapshot: ({ db }, { seq, state }, now, memory) => {
    // Another window was told to forget since: this one must not bring it back.
    if (!isUpToDate(db, memory)) return;
    saveSnapshot(db, seq, state);
    // Only what a snapshot covers may leave the log, so this is the moment to look.
    const by = timeToPruneBy(db, now);
    if (by === undefined) return;
    pruneLog(db, by);
    pruneEntries(db, by);
  },
  quarantineSnapshot: ({ db }, reason) => {
    setSnapshotAside(db, reason);
  },
  forget: ({ db }, scope, _now, memory) => forget(db, scope, memory),
  importEntries,
  spend: ({ db }, { by, filter }) => spendBy(db, by, filter),
  cube: ({ db }, { period, workspaceId }) => spendCube(db, period, workspaceId),
  periods: ({ db }) => periodTotals(db),
  decisions: ({ db }, page) => decisionPage(db, page),
  holds: ({ db }, _argument, now) => holdList(db, now),
  charges: ({ db }, _argument, now) => chargeList(db, now),
  entries: ({ db }, { afterSeq, limit }) => entriesAfter(db, afterSeq, limit),
  poll: (books, _argument, now) => {
    sweepAbandoned(books, now);
  },
  close: () => undefined,
};

/** Those that change something a caller relies on: worth waiting for a lock several times over. */
export const mustNotBeLost: ReadonlySet<Operation> = new Set<Operation>([
  'settle',
  'void',
  'release',
  'reconcile',
  'stateTotal',
  'dispute',
  'raise',
  'confirm',
  'append',
  'record',
  'saveSnapshot',
  'forget',
  'importEntries',
]);
