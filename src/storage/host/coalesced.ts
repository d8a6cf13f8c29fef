/**
 * Saves a value at most once in an interval: the first at once, and the newest of the following ones at the interval's
 * end.
 */
export class Coalesced<T> {
  readonly #save: (value: T) => void;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #waiting: { readonly value: T } | undefined;

  constructor(save: (value: T) => void, everyMs: number) {
    this.#save = save;
    this.#everyMs = everyMs;
  }

  put(value: T): void {
    this.#waiting = { value };
    if (this.#timer === undefined) this.#saveAndRest();
  }

  /** Saves a waiting value now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saveWaiting();
  }

  #saveAndRest(): void {
    this.#timer = undefined;
    if (!this.#saveWaiting()) return;
    this.#timer = setTimeout(() => this.#saveAndRest(), this.#everyMs);
    this.#timer.unref();
  }

  #saveWaiting(): boolean {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#save(waiting.value);
    return waiting !== undefined;
  }
}
