/**
 * What was learnt, carried by VS Code's own Settings Sync where the user opted in. Spend never: it is the machine's.
 *
 * One key holds the newest state of any machine. A machine that has learnt nothing yet takes it over; one that has keeps
 * its own, since two folds over different logs cannot be merged without counting what they share twice.
 */
import type * as vscode from 'vscode';
import { hasLearnt, portableState } from '../../app/steering/learntState.ts';
import type { SteeringDeps, SteeringEngine } from './deps.ts';

const key = 'pilot.learnedState';
/** Settings Sync moves the whole key at each change. */
const settleMs = 60_000;
/** Far below what Settings Sync takes; a state this large would slow every sync. */
const maxBytes = 512 * 1024;

export class LearnedStateSync implements vscode.Disposable {
  readonly #deps: SteeringDeps;
  readonly #subscriptions: { dispose(): unknown }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: SteeringDeps) {
    this.#deps = deps;
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

  #applySetting(): void {
    const { globalState, settings } = this.#deps;
    globalState.setKeysForSync(settings.syncLearnedState ? [key] : []);
    // Opting out also takes back what was put there to be synced.
    if (!settings.syncLearnedState && globalState.get(key) !== undefined)
      void globalState.update(key, undefined);
  }

  async #takeOver({ learning }: SteeringEngine): Promise<void> {
    const { settings, globalState, log } = this.#deps;
    const stored = globalState.get<unknown>(key);
    if (!settings.syncLearnedState || stored === undefined || hasLearnt(learning.exported())) return;
    const problem = await learning.replace(stored);
    if (problem === undefined) log.info('What was learnt on another machine was taken over.');
    else log.warn(`The synced state cannot be used here: ${problem}`);
  }

  #soon(engine: SteeringEngine): void {
    if (!this.#deps.settings.syncLearnedState) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const state = portableState(engine.learning.exported());
      if (JSON.stringify(state).length <= maxBytes) void this.#deps.globalState.update(key, state);
    }, settleMs);
  }
}
