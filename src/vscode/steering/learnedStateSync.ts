/**
 * Carries the learned state by VS Code's own Settings Sync where the user opted in. Spending is never synced, since it
 * belongs to the machine.
 *
 * One key holds the newest state of any machine. A machine without any learned state adopts it; any other machine keeps
 * its own, since merging two folds over different logs would count their common part twice.
 */
import type * as vscode from 'vscode';
import { hasLearnt, portableState } from '../../app/exchange/learntState.ts';
import { forgettingsOf, noteForgetting } from '../kit/forgettings.ts';
import type { SteeringDeps, SteeringEngine } from './deps.ts';

const key = 'pilot.learnedState';
/**
 * Set after everything was forgotten here, since another machine may send the same state again. Not synced; opting out
 * and in clears it.
 */
const declinedKey = 'pilot.learnedStateDeclined';
/** Milliseconds; Settings Sync transfers the whole key at each change. */
const settleMs = 60_000;
/** Far below the limit of Settings Sync; a larger state would slow every sync. */
const maxBytes = 512 * 1024;
const isSmall = (state: unknown): boolean => JSON.stringify(state).length <= maxBytes;

type SyncDeps = Pick<SteeringDeps, 'settings' | 'globalState' | 'log' | 'onEngineBuilt'>;

export class LearnedStateSync implements vscode.Disposable {
  readonly #deps: SyncDeps;
  readonly #subscriptions: { dispose(): unknown }[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The count of forgettings that this window knows. */
  #forgettings: number;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
    this.#forgettings = forgettingsOf(deps.globalState).any;
    this.#applySetting();
    this.#subscriptions.push(deps.settings.onDidChange(() => this.#applySetting()));
    deps.onEngineBuilt((engine) => {
      void this.#takeOver(engine);
      this.#subscriptions.push(engine.learning.onDidLearn(() => this.#soon(engine)));
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Removes a forgotten state from the synced key at once; otherwise the next reload would adopt it again. */
  async forgot({ learning }: Pick<SteeringEngine, 'learning'>, everything: boolean): Promise<void> {
    const { globalState, settings } = this.#deps;
    this.#forgettings = (await noteForgetting(globalState, everything)).any;
    if (everything && settings.syncLearnedState) await globalState.update(declinedKey, true);
    const state = portableState(learning.exported());
    const isKept = settings.syncLearnedState && hasLearnt(state) && isSmall(state);
    await globalState.update(key, isKept ? state : undefined);
  }

  #applySetting(): void {
    const { globalState, settings } = this.#deps;
    globalState.setKeysForSync(settings.syncLearnedState ? [key] : []);
    if (settings.syncLearnedState) return;
    // Opting out also removes the synced state.
    for (const each of [key, declinedKey])
      if (globalState.get(each) !== undefined) void globalState.update(each, undefined);
  }

  async #takeOver({ learning }: Pick<SteeringEngine, 'learning'>): Promise<void> {
    const { settings, globalState, log } = this.#deps;
    const stored = globalState.get<unknown>(key);
    if (!settings.syncLearnedState || stored === undefined) return;
    if (globalState.get(declinedKey) === true) return;
    // The engine does not wait for a long log; until it is folded, it is unknown whether anything was learned here.
    await learning.load();
    if (hasLearnt(learning.exported())) return;
    const problem = await learning.replace(stored);
    if (problem === undefined) log.info('What was learnt on another machine was taken over.');
    else log.warn(`The synced state cannot be used here: ${problem}`);
  }

  #soon(engine: Pick<SteeringEngine, 'learning'>): void {
    if (!this.#deps.settings.syncLearnedState) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { globalState } = this.#deps;
      // Another window had the state forgotten, so this window must not publish what it still holds.
      if (forgettingsOf(globalState).any !== this.#forgettings) return;
      const state = portableState(engine.learning.exported());
      if (isSmall(state)) void globalState.update(key, state);
    }, settleMs);
  }
}
