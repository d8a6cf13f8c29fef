/**
 * The window's part in never losing a bill. One that the worker has not written after a moment goes into the journal
 * beside the database (billJournal.ts), where every window finds it, after a restart too; one that not even the journal
 * takes, on a full disk, stays here and is tried again as long as the window lives.
 */
import type { ReservationId } from '../../core/brand.ts';
import type { BillJournal, WaitingBill } from '../billJournal.ts';

/** Ordinary settlements take milliseconds. */
const PATIENCE_MS = 500;
const RETRY_MS = 2_000;

export class WaitingBills {
  readonly #journal: BillJournal;
  /** Handed to the worker and not answered, or not to be kept anywhere yet. */
  readonly #open = new Map<ReservationId, { readonly bill: WaitingBill; timer: NodeJS.Timeout }>();

  constructor(journal: BillJournal) {
    this.#journal = journal;
  }

  begin(bill: WaitingBill): void {
    this.#wait(bill, PATIENCE_MS);
  }

  /** The ledger holds it, or says that it needs none. */
  done(id: ReservationId): void {
    clearTimeout(this.#open.get(id)?.timer);
    this.#open.delete(id);
  }

  /** The worker could not write it. */
  keep(bill: WaitingBill): void {
    this.done(bill.id);
    if (!this.#journal.put(bill)) this.#wait(bill, RETRY_MS);
  }

  /** The window ends: what is open must outlive it. */
  keepAll(): void {
    for (const { bill } of [...this.#open.values()]) {
      clearTimeout(this.#open.get(bill.id)?.timer);
      this.#journal.put(bill);
    }
  }

  /** In the journal besides being asked of the worker: whichever comes first, the ledger takes it once. */
  #wait(bill: WaitingBill, ms: number): void {
    const timer = setTimeout(() => this.keep(bill), ms);
    timer.unref();
    this.#open.set(bill.id, { bill, timer });
  }
}
