import type * as vscode from 'vscode';
import type { Engine, EngineDeps } from '../engine.ts';

/** Builds the engine when it is first needed, once; a failed build is tried again at the next call. */
export class EngineHolder implements vscode.Disposable {
  readonly #deps: EngineDeps;
  readonly #listeners = new Set<(engine: Engine) => void>();
  #engine: Promise<Engine> | undefined;
  #built: Engine | undefined;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  get(): Promise<Engine> {
    this.#engine ??= this.#build();
    return this.#engine;
  }

  /** The engine if it was built already: for surfaces that must not wait. */
  get built(): Engine | undefined {
    return this.#built;
  }

  onBuilt(listener: (engine: Engine) => void): void {
    if (this.#built) listener(this.#built);
    else this.#listeners.add(listener);
  }

  dispose(): void {
    void this.#engine?.then((engine) => engine.store.close());
  }

  async #build(): Promise<Engine> {
    try {
      const { buildEngine } = await import('../engine.ts');
      const engine = await buildEngine(this.#deps);
      this.#built = engine;
      for (const listener of this.#listeners) listener(engine);
      this.#listeners.clear();
      return engine;
    } catch (error) {
      this.#engine = undefined;
      this.#deps.log.error('PILOT could not start its engine', error);
      throw error;
    }
  }
}
