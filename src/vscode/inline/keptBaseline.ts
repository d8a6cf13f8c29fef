import type * as vscode from 'vscode';
import { baselineKey, forgettingsOf } from '../kit/forgettings.ts';

const delayMs = 10_000;

/**
 * Acceptance habits belong to the user and not to a workspace. Written some time after a change, since every write
 * rewrites a file.
 */
export class KeptBaseline implements vscode.Disposable {
  readonly #state: vscode.Memento;
  #timer: NodeJS.Timeout | undefined;
  #latest: unknown;
  /** The count of complete forgettings as of `#latest`. */
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

  /** Whether everything was forgotten since, here or in another window. */
  #forgetWithOthers(): void {
    const { everything } = forgettingsOf(this.#state);
    if (everything === this.#seen) return;
    this.#seen = everything;
    this.#latest = undefined;
  }
}
