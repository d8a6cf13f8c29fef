/** Saves a value at most once in a while: the first at once, of those that follow the newest when the time is up. */
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

  /** What is waiting is saved now. */
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
