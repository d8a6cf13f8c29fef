/** The Ledger port over the worker: a summary that is always readable, and money that moves only in the database. */
import type { Clock, Disposable } from '../../app/ports/environment.ts';
import type {
  BillRecorded,
  ImportedEntry,
  ImportedTotals,
  Ledger,
  LedgerRefusal,
  LimitNotice,
  Reservation,
  ReservationRequest,
  SettleRefusal,
  Settlement,
  SpendSummary,
  StatedTotal,
  StorageFault,
  ToldBill,
  UsageReading,
  UsageSettled,
} from '../../app/ports/money.ts';
import type { NanoUsd, ReservationId } from '../../core/brand.ts';
import { ZERO } from '../../core/money.ts';
import { HOURS_PER_WEEK, periodFrom, type Period } from '../../core/money/period.ts';
import type { Result } from '../../core/result.ts';
import { fail, ok } from '../../core/result.ts';
import type { MirroredTotal } from '../mirroredTotal.ts';
import type { Failure, News } from '../protocol.ts';
import type { WaitingBills } from './waitingBills.ts';
import type { StoreLink } from './storeLink.ts';

/** Rows of one import batch: about 40 ms under the write lock, for which other windows wait two seconds at most. */
const IMPORT_BATCH = 2_000;
/** A free call without a ledger: nothing is reserved, so that only an unexpected bill has to be recorded. */
const UNRECORDED = 'free-';

export class RemoteLedger implements Ledger {
  readonly #link: StoreLink;
  readonly #clock: Clock;
  readonly #bills: WaitingBills;
  readonly #listeners = new Set<() => void>();
  #summary: SpendSummary;
  #nUnrecorded = 0;

  constructor(link: StoreLink, clock: Clock, summary: SpendSummary, bills: WaitingBills) {
    this.#bills = bills;
    this.#link = link;
    this.#clock = clock;
    this.#summary = summary;
  }

  async reserve(request: ReservationRequest): Promise<Result<Reservation, LedgerRefusal>> {
    const answer = await this.#link.ask('reserve', [request], {
      onLate: (late) => {
        // The caller no longer waits for this reservation, so no request was sent on it.
        if (late.ok) void this.void(late.value.id, 'came too late');
      },
    });
    if (answer.ok) return answer.value;
    if (request.worstCase === ZERO) return ok(this.#unrecorded());
    const { kind, message } = answer.error;
    return fail(kind === 'busy' ? { kind } : { kind: 'unavailable', reason: message, problem: kind });
  }

  async settle(
    id: ReservationId,
    settlement: Settlement,
  ): Promise<Result<{ readonly overrun: NanoUsd }, SettleRefusal | 'unavailable'>> {
    if (id.startsWith(UNRECORDED))
      return settlement.cost === ZERO ? ok({ overrun: ZERO }) : fail('unavailable');
    const bill = { id, settlement };
    this.#bills.begin(bill);
    const answer = await this.#link.ask('settle', [id, settlement]);
    if (answer.ok) this.#bills.done(id);
    // An error of the caller, such as an argument that cannot be sent to the worker, is not a fault of the disk.
    else if (answer.error.kind !== 'bad-request') this.#bills.keep(bill);
    else this.#bills.done(id);
    return answer.ok ? answer.value : fail('unavailable');
  }

  async void(id: ReservationId, reason: string): Promise<Result<void, SettleRefusal | 'unavailable'>> {
    if (id.startsWith(UNRECORDED)) return ok(undefined);
    const answer = await this.#link.ask('void', [id, reason]);
    return answer.ok ? answer.value : fail('unavailable');
  }

  async releaseHold(id: ReservationId | 'all', reason: string): Promise<Result<NanoUsd, StorageFault>> {
    return told(await this.#link.ask('releaseHold', [id, reason]));
  }

  reconcile(id: ReservationId, told: ToldBill, reason: string): Promise<BillRecorded> {
    const nothing = { freed: 0, cost: undefined, isLate: false };
    return this.#link.askOr('reconcile', [id, told, reason], nothing);
  }

  async stateTotal(
    total: NanoUsd,
    endpointId: string | undefined,
  ): Promise<Result<StatedTotal, StorageFault>> {
    return told(await this.#link.ask('stateTotal', [total, endpointId]));
  }

  async noteKeyUsage(reading: UsageReading): Promise<UsageSettled> {
    const answer = await this.#link.ask('noteKeyUsage', [reading]);
    return answer.ok ? answer.value : { calls: 0, freed: 0 };
  }

  /** A missing call, or one without a bill, is an error of the caller. */
  async dispute(id: ReservationId, amount: NanoUsd): Promise<Result<void, StorageFault>> {
    const answer = told(await this.#link.ask('dispute', [id, amount]));
    if (!answer.ok) return answer;
    return answer.value ? ok(undefined) : fail({ kind: 'bad-request', reason: `No bill of ${id}` });
  }

  async takeLookUps(endpointIds: readonly string[]): ReturnType<Required<Ledger>['takeLookUps']> {
    const answer = await this.#link.ask('takeLookUps', [endpointIds]);
    return answer.ok ? answer.value : undefined;
  }

  async importEntries(rows: readonly ImportedEntry[]): Promise<ImportedTotals | undefined> {
    let totals: ImportedTotals | undefined;
    // Each batch has its own transaction and deadline, so that other windows' payments come in between.
    for (let from = 0; totals === undefined || from < rows.length; from += IMPORT_BATCH) {
      const answer = await this.#link.ask('importEntries', [rows.slice(from, from + IMPORT_BATCH)]);
      // Imported rows stay, and importing the file again adds the rest: each id counts once.
      if (!answer.ok) return totals && { ...totals, missing: rows.length - from };
      const { added = 0, spent = ZERO, thisMonth = ZERO } = totals ?? {};
      totals = {
        added: added + answer.value.added,
        spent: (spent + answer.value.spent) as NanoUsd,
        thisMonth: (thisMonth + answer.value.thisMonth) as NanoUsd,
      };
    }
    return totals;
  }

  async raiseLimit(by: NanoUsd): Promise<Result<void, StorageFault>> {
    return told(await this.#link.ask('raiseLimit', [by]));
  }

  async confirmTotal(total: NanoUsd): Promise<Result<void, StorageFault>> {
    return told(await this.#link.ask('confirmTotal', [total]));
  }

  takeNotices(limit: NanoUsd): Promise<readonly LimitNotice[]> {
    return this.#link.askOr('takeNotices', [limit], []);
  }

  /** The start of a month needs no news: a machine that slept over midnight wakes in a month without spending. */
  summary(): SpendSummary {
    const period = periodFrom(this.#summary.period, this.#clock.now());
    // Not stored: a clock that was briefly ahead has spent nothing, and the worker would send no news to undo it.
    return period.id === this.#summary.period ? this.#summary : turned(this.#summary, period);
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  receive({ summary }: News): void {
    this.#change(summary);
  }

  /** Amounts stay as last known; a single busy lock does not make the ledger unavailable. */
  failed({ kind, message }: Failure): void {
    if (kind === 'busy' || kind === 'bad-request') return;
    this.#change({ ...this.#summary, state: 'unavailable', problem: message, problemKind: kind });
  }

  #change(summary: SpendSummary): void {
    this.#summary = summary;
    for (const listener of this.#listeners) listener();
  }

  #unrecorded(): Reservation {
    const id = `${UNRECORDED}${++this.#nUnrecorded}` as ReservationId;
    return { id, period: this.summary().period, worstCase: ZERO };
  }
}

const told = <T>(answer: Result<T, Failure>): Result<T, StorageFault> =>
  answer.ok ? answer : fail({ kind: answer.error.kind, reason: answer.error.message });

/** The summary of a new month: nothing is spent in it, and any doubt concerned the previous one. */
function turned(summary: SpendSummary, period: Period): SpendSummary {
  const doubted = summary.state === 'needs-confirmation';
  return {
    ...summary,
    ...nothingSpent(period),
    ...(doubted && { state: 'ready', problem: undefined, candidates: [] }),
  };
}

function nothingSpent(period: Period) {
  return {
    period: period.id,
    periodStart: period.start,
    periodEnd: period.end,
    settled: ZERO,
    reserved: ZERO,
    heldBack: ZERO,
    raisedBy: ZERO,
    inlineCommitted: ZERO,
    workspaceCommitted: ZERO,
    requests: { ask: 0, inline: 0, chat: 0 },
  };
}

/** Until the worker has answered: the copy in globalState. */
export function initialSummary(remembered: MirroredTotal | undefined, now: number): SpendSummary {
  const period = periodFrom(remembered?.period, now);
  return {
    ...nothingSpent(period),
    settled: remembered?.period === period.id ? remembered.total : ZERO,
    hourOfWeek: new Array<number>(HOURS_PER_WEEK).fill(0),
    historyDays: 0,
    state: 'ready',
    problem: undefined,
    problemKind: undefined,
    candidates: [],
  };
}
