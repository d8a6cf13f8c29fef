/**
 * Reads the total billed to a key, once an hour while calls are made or held, so that the totals settle calls without a
 * known bill (src/storage/worker/keyUsage.ts). It blocks nothing.
 */
import { nano } from '../../core/money.ts';
import { committedOf } from '../../core/money/available.ts';
import type { Disposable, Log } from '../ports/environment.ts';
import type { BillSource } from '../ports/models.ts';
import type { Ledger } from '../ports/money.ts';

export interface KeyUsageDeps {
  readonly ledger: Pick<Required<Ledger>, 'summary' | 'onDidChange' | 'noteKeyUsage'>;
  readonly source: BillSource;
  readonly log: Log;
  /** Runs the function once after this many milliseconds. */
  readonly after: (ms: number, run: () => void) => Disposable;
}

const FIRST_MS = 3_000;
/** Slightly more than the least time between two readings in the ledger. */
const PAUSE_MS = 3_660_000;

export class KeyUsageReader implements Disposable {
  readonly #deps: KeyUsageDeps;
  readonly #following: Disposable;
  /** Endpoints that reported that they never tell this user; asked again after a restart. */
  readonly #refused = new Set<string>();
  #timer: Disposable;
  /** Number of readings after the last change: two, since the second one settles. */
  #due = 2;
  #committed = 0;

  constructor(deps: KeyUsageDeps) {
    this.#deps = deps;
    this.#following = deps.ledger.onDidChange(() => this.#follow());
    this.#timer = deps.after(FIRST_MS, () => void this.pass());
  }

  dispose(): void {
    this.#following.dispose();
    this.#timer.dispose();
  }

  async pass(): Promise<void> {
    this.#timer.dispose();
    const { after, log } = this.#deps;
    if (this.#due > 0) {
      this.#due -= 1;
      await this.#readAll().catch((error: unknown) =>
        log.error('The usage of a key could not be read', error),
      );
    }
    this.#timer = after(PAUSE_MS, () => void this.pass());
  }

  /** Called when a call was made or ended. */
  #follow(): void {
    const committed = committedOf(this.#deps.ledger.summary());
    if (committed !== this.#committed) this.#due = 2;
    this.#committed = committed;
  }

  async #readAll(): Promise<void> {
    const { source, ledger, log } = this.#deps;
    for (const endpointId of source.usageEndpoints()) {
      if (this.#refused.has(endpointId)) continue;
      const told = await source.keyUsage(endpointId);
      if (!told.ok) {
        if (told.error === 'not-possible') this.#refused.add(endpointId);
        continue;
      }
      const { key, usd } = told.value;
      const { calls } = await ledger.noteKeyUsage({ endpointId, key, usage: nano(usd) });
      if (calls > 0) log.info(`${endpointId}: ${calls} calls were settled by the usage of their key`);
    }
  }
}
