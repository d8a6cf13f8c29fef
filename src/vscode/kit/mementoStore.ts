import type * as vscode from 'vscode';
import type { PolicyStore } from '../../app/ports/decisions.ts';
import type { Log } from '../../app/ports/environment.ts';

const key = 'pilot.policy';
/** A Memento rewrites its whole row at each update, so bursts of decisions are written once. */
const saveDelayMs = 1_000;

/** The knapsack policy's state in workspaceState. Writes are coalesced; `dispose` writes a waiting one. */
export class MementoPolicyStore implements PolicyStore, vscode.Disposable {
  readonly #memento: vscode.Memento;
  readonly #log: Log;
  readonly #now: () => number;
  #waiting: { state: () => unknown; timer: NodeJS.Timeout } | undefined;

  constructor(memento: vscode.Memento, log: Log, now: () => number) {
    this.#memento = memento;
    this.#log = log;
    this.#now = now;
  }

  load(): unknown {
    return this.#memento.get<unknown>(key);
  }

  save(state: () => unknown): void {
    if (this.#waiting) this.#waiting.state = state;
    else this.#waiting = { state, timer: setTimeout(() => this.#flush(), saveDelayMs) };
  }

  setAside(state: unknown): void {
    const name = `${key}.unreadable.${this.#now()}`;
    this.#log.warn(
      `The policy's state of this workspace could not be read; it is kept as ${name} and a new one begins.`,
    );
    this.#write(name, state);
  }

  dispose(): void {
    if (this.#waiting) this.#flush();
  }

  #flush(): void {
    if (!this.#waiting) return;
    clearTimeout(this.#waiting.timer);
    const { state } = this.#waiting;
    this.#waiting = undefined;
    this.#write(key, state());
  }

  #write(name: string, state: unknown): void {
    this.#memento.update(name, state).then(undefined, (error: unknown) => {
      this.#log.error('The policy state of this workspace could not be saved', error);
    });
  }
}
