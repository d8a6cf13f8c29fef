/**
 * The user's consents for one host, stored on this machine: that an environment variable's key goes there, and that a
 * key goes there over plain http. An edited base URL names another host, for which PILOT asks again.
 */
import type * as vscode from 'vscode';

const variablesKey = 'pilot.confirmedVariables';
const plainHttpKey = 'pilot.plainHttpHosts';
/** More hosts than a user sets up; the oldest are dropped first. */
const most = 500;

export class HostConsents {
  readonly #store: vscode.Memento;

  constructor(store: vscode.Memento) {
    this.#store = store;
  }

  mayUseVariable(name: string, host: string): boolean {
    return this.#read(variablesKey).includes(entry(name, host));
  }

  allowVariable(name: string, host: string): Thenable<void> {
    return this.#add(variablesKey, entry(name, host));
  }

  mayGoPlain(host: string): boolean {
    return this.#read(plainHttpKey).includes(host);
  }

  allowPlain(host: string): Thenable<void> {
    return this.#add(plainHttpKey, host);
  }

  #read(key: string): readonly unknown[] {
    const stored = this.#store.get<unknown>(key);
    return Array.isArray(stored) ? stored : [];
  }

  #add(key: string, value: string): Thenable<void> {
    const others = this.#read(key).filter((each) => each !== value);
    return this.#store.update(key, [...others, value].slice(-most));
  }
}

const entry = (name: string, host: string): string => `${name} ${host}`;
