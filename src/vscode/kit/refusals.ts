import type { Log } from '../../app/ports/environment.ts';

/** Counts a webview's invalid messages. Their content is untrusted and is not logged. */
export class Refusals {
  readonly #from: string;
  readonly #log: Pick<Log, 'warn'>;
  #count = 0;

  constructor(from: string, log: Pick<Log, 'warn'>) {
    this.#from = from;
    this.#log = log;
  }

  /** Logs at 1, 10, 100, ..., so a flooding page does not flood the log. */
  add(): void {
    this.#count += 1;
    if (!/^10*$/.test(String(this.#count))) return;
    const messages = this.#count === 1 ? 'one message that is' : `${this.#count} messages that are`;
    this.#log.warn(`${this.#from} sent ${messages} none of the protocol: refused.`);
  }
}
