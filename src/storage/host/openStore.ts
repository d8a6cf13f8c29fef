/**
 * One store for each window: ledger, decision log and usage queries over one worker thread. Opening is free: the thread
 * starts with the first question, and until its first answer the summary comes from globalState.
 */
import type { DecisionLog } from '../../app/ports/decisions.ts';
import type { Clock } from '../../app/ports/environment.ts';
import type { Ledger } from '../../app/ports/money.ts';
import type { UsageReader } from '../../app/ports/usage.ts';
import { BillJournal } from '../billJournal.ts';
import { Coalesced } from './coalesced.ts';
import { decodeMirror, type MirroredTotal } from '../mirroredTotal.ts';
import { RemoteLedger, initialSummary } from './remoteLedger.ts';
import { remoteLog, remoteUsage } from './remoteLog.ts';
import { storeLink, type StoreLink } from './storeLink.ts';
import { WaitingBills } from './waitingBills.ts';

export interface StoreOptions {
  /** globalStorageUri: one database for all windows and workspaces of this VS Code. */
  readonly folder: string;
  /** The bundled worker, or src/storage/worker/worker.ts where Node runs the sources. */
  readonly workerPath: string | URL;
  readonly workspaceId: string;
  readonly clock: Clock;
  /** The copy of the month's total in globalState, for a comparison when the database is lost. */
  readonly mirror?: { load(): unknown; save(total: unknown): void };
  /** Milliseconds between polls for other windows' changes and the start of a month; 0 = never (tests). */
  readonly pollMs?: number;
  /** Called once for each unreadable row of the ledger that an answer leaves out. */
  readonly onUnreadable?: (rows: readonly string[]) => void;
  /** Milliseconds that a payment waits for another window's lock. */
  readonly busyMs?: number;
}

export interface Store {
  readonly ledger: Required<Ledger>;
  readonly log: Required<DecisionLog>;
  readonly usage: Required<UsageReader>;
  close(): Promise<void>;
}

const POLL_MS = 2000;
const BUSY_MS = 2000;
/** globalState is one file that is written whole, with the state of all extensions. */
const REMEMBER_EVERY_MS = 1000;

export function openStore(options: StoreOptions): Promise<Store> {
  const { clock, mirror } = options;
  const remembered = decodeMirror(mirror?.load());
  const memory = new Memory((total) => mirror?.save(total), remembered);
  const link = storeLink({
    workerPath: options.workerPath,
    clock,
    // For a restarted worker: the month as last reported.
    thread: () => ({
      folder: options.folder,
      workspaceId: options.workspaceId,
      busyMs: options.busyMs ?? BUSY_MS,
      remembered: memory.last,
    }),
    onNews: (news) => {
      memory.note(news.mirror);
      ledger.receive(news);
    },
    onFailure: (failure) => ledger.failed(failure),
    onUnreadable: (rows) => options.onUnreadable?.(rows),
  });
  const bills = new WaitingBills(new BillJournal(options.folder));
  const ledger = new RemoteLedger(link, clock, initialSummary(remembered, clock.now()), bills);
  const stopPolling = poll(link, options.pollMs ?? POLL_MS);
  return Promise.resolve({
    ledger,
    log: remoteLog(link),
    usage: remoteUsage(link),
    close: async () => {
      stopPolling();
      bills.keepAll();
      if (link.isRunning) await link.ask('close', []);
      await link.close();
      memory.flush();
    },
  });
}

/** The copy in globalState changes with each money transaction, not with each call. */
class Memory {
  readonly #coalesced: Coalesced<MirroredTotal>;
  #last: MirroredTotal | undefined;

  constructor(save: (total: MirroredTotal) => void, remembered: MirroredTotal | undefined) {
    this.#coalesced = new Coalesced(save, REMEMBER_EVERY_MS);
    this.#last = remembered;
  }

  get last(): MirroredTotal | undefined {
    return this.#last;
  }

  /** The number alone is not news: the transaction of a free call counts none. */
  note(mirror: MirroredTotal): void {
    if (mirror.seq === this.#last?.seq && mirror.period === this.#last.period) return;
    this.#last = mirror;
    this.#coalesced.put(mirror);
  }

  flush(): void {
    this.#coalesced.flush();
  }
}

/** One poll at a time, so a slow disk causes no queue. */
function poll(link: StoreLink, everyMs: number): () => void {
  if (everyMs <= 0) return () => undefined;
  let waiting = false;
  const timer = setInterval(() => {
    if (waiting) return;
    waiting = true;
    void link.ask('poll', []).finally(() => (waiting = false));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
