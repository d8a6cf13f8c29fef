import * as vscode from 'vscode';

type Listener = (event: vscode.SecretStorageChangeEvent) => unknown;

/**
 * For tests inside the extension host: VS Code's keyring with its behavior: strings only, a change event for every
 * writer, and failures as on some Linux systems.
 */
export class FakeSecretStorage implements vscode.SecretStorage {
  readonly #secrets = new Map<string, string>();
  readonly #listeners = new Set<Listener>();
  /** How many times a secret was read. */
  reads = 0;
  refuses = false;

  async keys(): Promise<string[]> {
    await this.#answer();
    return [...this.#secrets.keys()];
  }

  async get(key: string): Promise<string | undefined> {
    this.reads++;
    await this.#answer();
    return this.#secrets.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    if (typeof value !== 'string') throw new TypeError('A secret is a string.');
    await this.#answer();
    this.#secrets.set(key, value);
    this.#tell(key);
  }

  async delete(key: string): Promise<void> {
    await this.#answer();
    if (this.#secrets.delete(key)) this.#tell(key);
  }

  readonly onDidChange: vscode.Event<vscode.SecretStorageChangeEvent> = (listener: Listener) => {
    this.#listeners.add(listener);
    return new vscode.Disposable(() => this.#listeners.delete(listener));
  };

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.refuses) throw new Error('Cannot get password: org.freedesktop.secrets was not provided');
  }

  #tell(key: string): void {
    for (const listener of this.#listeners) listener({ key });
  }
}
