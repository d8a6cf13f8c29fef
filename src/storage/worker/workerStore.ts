/**
 * The worker's side: opens the books at the first question, answers questions in order, and handles lost or damaged
 * files. A database that turns out damaged is set aside, and its successor answers the question.
 */
import { statSync } from 'node:fs';
import type { EpochMs } from '../../core/brand.ts';
import type { Books } from './books.ts';
import { BillJournal } from '../billJournal.ts';
import { moneySeq, standingOf } from './books.ts';
import { asFailure, type StorageFailure } from './failure.ts';
import type { WindowMemory } from './forgetting.ts';
import type { MirroredTotal } from '../mirroredTotal.ts';
import { mustNotBeLost, operations, type StoreOperation } from './operations.ts';
import type { Asking, Failure, News, StoreReply, StoreThread } from '../protocol.ts';
import { perform, type Question } from '../../threads/operations.ts';
import { databaseFile, openBooks } from './recovery.ts';
import { settleLate, sweepAbandoned } from './reservations.ts';
import { summarize } from './summary.ts';

/** Number of waits for a lock before a write that must not be lost fails; each wait is `busyMs`. */
const PATIENCE = 5;

export type StoreQuestion = Question<StoreOperation> & Asking;

interface OpenFile {
  readonly books: Books;
  /** Device and inode: the identity of the connection's file. */
  readonly identity: string;
}

export class WorkerStore {
  readonly #options: StoreThread;
  readonly #memory: WindowMemory = { forgettings: undefined };
  #file: OpenFile | undefined;
  #lastSent = '';
  readonly #told = new Set<string>();
  /** The month as this window last knew it, for comparison when the folder is deleted or restored while it is open. */
  #remembered: MirroredTotal | undefined;
  readonly #journal: BillJournal;
  /** The journal's version at the last time without a waiting bill. */
  #journalSeen: number | undefined;
  /** Damage was met: the next opening checks everything. */
  #damaged = false;

  constructor(options: StoreThread) {
    this.#options = options;
    this.#remembered = options.remembered;
    this.#journal = new BillJournal(options.folder);
  }

  async answer(question: StoreQuestion): Promise<StoreReply> {
    const { id, op, now } = question;
    try {
      const value = await this.#perform(question);
      const news = this.#newsIfReadable(now);
      const unreadable = this.#unreadable();
      if (op === 'close') this.#close();
      return { id, result: { ok: true, value }, news, unreadable };
    } catch (error) {
      // The window now considers the ledger unavailable, so the next good answer is news even with the old amounts.
      this.#lastSent = '';
      return { id, result: { ok: false, error: toFailure(asFailure(error)) }, news: undefined };
    }
  }

  async #perform(question: StoreQuestion): Promise<unknown> {
    const { op, now } = question;
    const tries = mustNotBeLost.has(op) ? PATIENCE : 1;
    let repaired = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const books = await this.#books(now);
        this.#takeUpBills(books, now);
        return perform(operations({ books, now, memory: this.#memory }), question);
      } catch (error) {
        const { kind } = asFailure(error);
        if (kind === 'busy' && attempt < tries) continue;
        if (kind !== 'busy') this.#close();
        this.#damaged ||= kind === 'corrupt';
        // Opening again finds the damage, sets the file aside and starts its successor; once is enough.
        if (kind !== 'corrupt' || repaired) throw error;
        repaired = true;
      }
    }
  }

  /**
   * Adopts the bills that this or another window could not write, before anything else, since the limit must count
   * them.
   */
  #takeUpBills(books: Books, now: EpochMs): void {
    const version = this.#journal.version();
    if (version === this.#journalSeen) return;
    for (const { id, settlement } of this.#journal.all()) {
      settleLate(books, id, settlement, now);
      this.#journal.drop(id);
    }
    this.#journalSeen = this.#journal.version() === version ? version : undefined;
  }

  /** Another window may have set the file aside, or it was deleted: money must no longer be counted in it. */
  async #books(now: EpochMs): Promise<Books> {
    if (this.#file && this.#file.identity === identityOf(this.#options.folder)) return this.#file.books;
    this.#close();
    const { folder, busyMs } = this.#options;
    const books = await openBooks(
      { folder, busyMs, remembered: this.#remembered, thoroughly: this.#damaged },
      now,
    );
    this.#damaged = false;
    this.#journal.prepare();
    this.#file = { books, identity: identityOf(this.#options.folder) };
    sweepAbandoned(books, now);
    return books;
  }

  /** The commit stays, though the totals cannot be read now; they become news once they can. */
  #newsIfReadable(now: EpochMs): News | undefined {
    try {
      return this.#news(now);
    } catch (error) {
      this.#lastSent = '';
      if (asFailure(error).kind !== 'busy') this.#close();
      return undefined;
    }
  }

  #news(now: EpochMs): News | undefined {
    if (!this.#file) return undefined;
    const { db } = this.#file.books;
    // An older copy was written over the open file: the next question opens it again and compares.
    if (moneySeq(db) < (this.#remembered?.seq ?? 0)) {
      this.#close();
      return undefined;
    }
    const [summary, mirror] = db.reading(() => [
      summarize(db, this.#options.workspaceId, now),
      standingOf(db),
    ]);
    this.#remembered = mirror;
    const text = JSON.stringify(summary);
    if (text === this.#lastSent) return undefined;
    this.#lastSent = text;
    return { summary, mirror };
  }

  /** Each row is reported once. */
  #unreadable(): readonly string[] | undefined {
    const rows = [...(this.#file?.books.db.unreadable ?? [])].filter((row) => !this.#told.has(row));
    for (const row of rows) this.#told.add(row);
    return rows.length > 0 ? rows.slice(0, 20) : undefined;
  }

  #close(): void {
    this.#file?.books.db.close();
    this.#file = undefined;
  }
}

function identityOf(folder: string): string {
  try {
    const { dev, ino } = statSync(databaseFile(folder), { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return 'missing';
  }
}

const toFailure = ({ kind, message }: StorageFailure): Failure => ({
  kind: kind === 'corrupt' ? 'io-error' : kind,
  message,
});
