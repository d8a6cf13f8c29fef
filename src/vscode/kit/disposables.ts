import type * as vscode from 'vscode';

/** Disposes everything in reverse order of creation, then throws one error with all failures. */
export class Disposables implements vscode.Disposable {
  readonly #items: { dispose(): unknown }[] = [];

  add<T extends { dispose(): unknown }>(item: T): T {
    this.#items.push(item);
    return item;
  }

  dispose(): void {
    const failures: unknown[] = [];
    for (const item of this.#items.splice(0).reverse()) {
      try {
        item.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some parts could not be disposed');
  }
}

/** Runs in the next turn of the event loop, after activation. */
export function soon(run: () => void): { dispose(): void } {
  const timer = setTimeout(run, 0);
  return { dispose: () => clearTimeout(timer) };
}
