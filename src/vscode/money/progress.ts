import * as vscode from 'vscode';
import type { StatusFacts } from './statusBar.ts';

/**
 * What the user has done so far, as context keys: the walkthrough's steps are done by these, whether it is open when
 * they come about or not.
 */
export class Progress {
  readonly #told = new Map<string, boolean>();

  show({ hasModels, needsLimit, monthlyLimit, lastDecision }: StatusFacts): void {
    this.#tell('pilot.hasModels', hasModels);
    // Where nothing can cost anything there is nothing to limit.
    this.#tell('pilot.hasLimit', monthlyLimit !== undefined || (hasModels && !needsLimit));
    this.#tell('pilot.hasAnswer', lastDecision !== undefined);
  }

  #tell(key: string, value: boolean): void {
    if (this.#told.get(key) === value) return;
    this.#told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
