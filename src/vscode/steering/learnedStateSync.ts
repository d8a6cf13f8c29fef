/**
 * What was learnt, carried by VS Code's own Settings Sync where the user opted in. Spend never: it is the machine's.
 *
 * One key holds the newest state of any machine. A machine that has learnt nothing yet takes it over; one that has keeps
 * its own, since two folds over different logs cannot be merged without counting what they share twice.
 */
import type * as vscode from 'vscode';
import { hasLearnt, portableState } from '../../app/exchange/learntState.ts';
import { forgettingsOf, noteForgetting } from '../kit/forgettings.ts';
import type { SteeringDeps, SteeringEngine } from './deps.ts';

const key = 'pilot.learnedState';
/** Everything was forgotten here: another machine may send the same again. Not synced; opting out and in ends it. */
const declinedKey = 'pilot.learnedStateDeclined';
/** Settings Sync moves the whole key at each change. */
const settleMs = 60_000;
/** Far below what Settings Sync takes; a state this large would slow every sync. */
const maxBytes = 512 * 1024;
const isSmall = (state: unknown): boolean => JSON.stringify(state).length <= maxBytes;

type SyncDeps = Pick<SteeringDeps, 'settings' | 'globalState' | 'log' | 'onEngineBuilt'>;

export class LearnedStateSync implements vscode.Disposable {
  readonly #deps: SyncDeps;
  readonly #subscriptions: { dispose(): unknown }[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** As of what this window holds. */
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

  /** What was forgotten leaves the synced state at once, or the next reload would take it over again. */
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
    // Opting out also takes back what was put there to be synced.
    for (const each of [key, declinedKey])
      if (globalState.get(each) !== undefined) void globalState.update(each, undefined);
  }

  async #takeOver({ learning }: Pick<SteeringEngine, 'learning'>): Promise<void> {
    const { settings, globalState, log } = this.#deps;
    const stored = globalState.get<unknown>(key);
    if (!settings.syncLearnedState || stored === undefined) return;
    if (globalState.get(declinedKey) === true) return;
    // The engine does not wait for a long log; until it is folded, nobody knows whether anything was learnt here.
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
      // Another window had it forgotten: what this one still holds is not for others.
      if (forgettingsOf(globalState).any !== this.#forgettings) return;
      const state = portableState(engine.learning.exported());
      if (isSmall(state)) void globalState.update(key, state);
    }, settleMs);
  }
}
