import { setTimeout } from 'node:timers/promises';
import type { EngineCore } from '../../app/call/engine.ts';
import type { Completion, CompletionEvent, CompletionOrder } from '../../app/call/routedCompletion.ts';
import type { Log } from '../../app/ports/environment.ts';
import type { Store } from '../../storage/host/openStore.ts';

export interface Engine extends EngineCore {
  readonly store: Store;
}

/** Milliseconds; VS Code gives an extension five seconds to end. */
const graceMs = 2_000;
const retryMs = 10_000;

/** Builds the engine once, when it is first needed; a failed build is repeated a little later. */
export class EngineHolder implements Completion {
  readonly #buildEngine: () => Promise<Engine>;
  readonly #log: Log;
  readonly #listeners = new Set<(engine: Engine) => void>();
  #engine: Promise<Engine> | undefined;
  #built: Engine | undefined;

  constructor(buildEngine: () => Promise<Engine>, log: Log) {
    this.#buildEngine = buildEngine;
    this.#log = log;
  }

  get(): Promise<Engine> {
    this.#engine ??= this.#build();
    return this.#engine;
  }

  async *run(order: CompletionOrder): AsyncGenerator<CompletionEvent, void, undefined> {
    yield* (await this.get()).completion.run(order);
  }

  /** The engine if it is built: for surfaces that must not wait. */
  get built(): Engine | undefined {
    return this.#built;
  }

  onBuilt(listener: (engine: Engine) => void): void {
    if (this.#built) listener(this.#built);
    else this.#listeners.add(listener);
  }

  /** Waits briefly for the settlement of running calls, then closes the database. No engine is built afterwards. */
  async end(): Promise<void> {
    const building = this.#engine;
    this.#engine = Promise.reject(new Error('PILOT has ended'));
    this.#engine.catch(() => undefined);
    const engine = await building?.catch(() => undefined);
    if (!engine) return;
    engine.reconciliation.dispose();
    engine.keyUsage.dispose();
    await Promise.race([engine.completion.settled(), setTimeout(graceMs)]);
    await engine.store.close();
  }

  async #build(): Promise<Engine> {
    try {
      const engine = await this.#buildEngine();
      this.#built = engine;
      for (const listener of this.#listeners) this.#tell(listener, engine);
      this.#listeners.clear();
      return engine;
    } catch (error) {
      this.#log.error('PILOT could not start its engine', error);
      // A pause, since every keystroke would try again.
      void setTimeout(retryMs, undefined, { ref: false }).then(() => (this.#engine = undefined));
      throw error;
    }
  }

  #tell(listener: (engine: Engine) => void, engine: Engine): void {
    try {
      listener(engine);
    } catch (error) {
      this.#log.error('A part of PILOT could not follow its engine', error);
    }
  }
}
