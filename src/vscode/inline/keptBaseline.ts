import type * as vscode from 'vscode';
import { baselineKey, forgettingsOf } from '../kit/forgettings.ts';

const delayMs = 10_000;

/** Acceptance habits are the user's, not a workspace's. Written some time after they change, since every write is a file's. */
export class KeptBaseline implements vscode.Disposable {
  readonly #state: vscode.Memento;
  #timer: NodeJS.Timeout | undefined;
  #latest: unknown;
  /** Times everything was forgotten, as of `#latest`. */
  #seen: number;

  constructor(state: vscode.Memento) {
    this.#state = state;
    this.#seen = forgettingsOf(state).everything;
  }

  load(): unknown {
    this.#forgetWithOthers();
    return this.#latest ?? this.#state.get<unknown>(baselineKey);
  }

  save(baseline: unknown): void {
    this.#latest = baseline;
    this.#timer ??= setTimeout(() => this.#write(), delayMs);
  }

  dispose(): void {
    if (this.#timer !== undefined) this.#write();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#forgetWithOthers();
    if (this.#latest !== undefined) void this.#state.update(baselineKey, this.#latest);
  }

  /** "Everything" was forgotten since, here or in another window. */
  #forgetWithOthers(): void {
    const { everything } = forgettingsOf(this.#state);
    if (everything === this.#seen) return;
    this.#seen = everything;
    this.#latest = undefined;
  }
}
