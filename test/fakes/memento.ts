import type * as vscode from 'vscode';

/** As strict as VS Code's: values pass through JSON, `undefined` deletes, and a stored `0` or `false` is a value. */
export class FakeMemento implements vscode.Memento {
  readonly #rows = new Map<string, string>();

  keys(): readonly string[] {
    return [...this.#rows.keys()];
  }

  // VS Code's own signature.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  get<T>(key: string): T | undefined;
  get<T>(key: string, defaultValue: T): T;
  get<T>(key: string, defaultValue?: T): T | undefined {
    const row = this.#rows.get(key);
    return row === undefined ? defaultValue : (JSON.parse(row) as T);
  }

  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.#rows.delete(key);
    else this.#rows.set(key, JSON.stringify(value));
    return Promise.resolve();
  }
}
