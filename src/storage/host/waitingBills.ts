/**
 * Keeps bills in this window until they are written. A bill that the worker has not written after a short time goes
 * into the journal beside the database (billJournal.ts), where every window finds it, after a restart too. A bill that
 * the journal does not accept either, on a full disk, stays here and is tried again while the window is open.
 */
import type { ReservationId } from '../../core/brand.ts';
import type { BillJournal, WaitingBill } from '../billJournal.ts';

/** Milliseconds; ordinary settlements take few. */
const PATIENCE_MS = 500;
const RETRY_MS = 2_000;

export class WaitingBills {
  readonly #journal: BillJournal;
  /** Bills without an answer of the worker, or without any place yet. */
  readonly #open = new Map<ReservationId, { readonly bill: WaitingBill; timer: NodeJS.Timeout }>();

  constructor(journal: BillJournal) {
    this.#journal = journal;
  }

  begin(bill: WaitingBill): void {
    this.#wait(bill, PATIENCE_MS);
  }

  /** The ledger contains the bill, or does not need it. */
  done(id: ReservationId): void {
    clearTimeout(this.#open.get(id)?.timer);
    this.#open.delete(id);
  }

  /** The worker could not write the bill. */
  keep(bill: WaitingBill): void {
    this.done(bill.id);
    if (!this.#journal.put(bill)) this.#wait(bill, RETRY_MS);
  }

  /** The window ends: its open bills must be kept. */
  keepAll(): void {
    for (const { bill } of [...this.#open.values()]) {
      clearTimeout(this.#open.get(bill.id)?.timer);
      this.#journal.put(bill);
    }
  }

  /** The bill is in the journal and with the worker: the ledger accepts the first and refuses the second. */
  #wait(bill: WaitingBill, ms: number): void {
    const timer = setTimeout(() => this.keep(bill), ms);
    timer.unref();
    this.#open.set(bill.id, { bill, timer });
  }
}
