import * as vscode from 'vscode';
import type { StatusFacts } from './statusBar.ts';

/** The user's progress as context keys, which complete the steps of the walkthrough whether or not it is open. */
export class Progress {
  readonly #told = new Map<string, boolean>();

  show({ hasModels, needsLimit, monthlyLimit, lastDecision }: StatusFacts): void {
    this.#tell('pilot.hasModels', hasModels);
    // Without a model that can cost money, no limit is needed.
    this.#tell('pilot.hasLimit', monthlyLimit !== undefined || (hasModels && !needsLimit));
    this.#tell('pilot.hasAnswer', lastDecision !== undefined);
  }

  #tell(key: string, value: boolean): void {
    if (this.#told.get(key) === value) return;
    this.#told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
