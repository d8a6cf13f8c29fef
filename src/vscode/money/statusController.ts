import type * as vscode from 'vscode';
import type { Log } from '../../app/ports/environment.ts';
import { isFree } from '../../core/arm.ts';
import type { Decision } from '../../core/decision.ts';
import { showLimitNotice } from '../words/attention.ts';
import type { Engine, EngineHolder } from '../kit/engineHolder.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import { Progress } from './progress.ts';
import { reasonLine } from '../words/reason.ts';
import type { Settings } from '../settings/settings.ts';
import { faceOf, StatusBar, type StatusFacts } from './statusBar.ts';

/** Milliseconds after activation until the ledger is opened for the status bar, when the editor has settled. */
const settleMs = 2_000;

export interface StatusDeps {
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly engine: EngineHolder;
  readonly log: Log;
}

/** Updates the status bar item: state, available amount, and the last decision's reason. */
export class StatusController implements vscode.Disposable {
  readonly #deps: StatusDeps;
  readonly #bar = new StatusBar();
  readonly #progress = new Progress();
  readonly #subscriptions: { dispose(): unknown }[] = [];
  readonly #timers: readonly NodeJS.Timeout[];
  #thinking = 0;
  #lastDecision: Decision | undefined;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
    this.#subscriptions.push(
      deps.models.onDidChange(() => this.#refresh()),
      deps.settings.follow(['budget.monthlyLimitUsd'], () => this.#refresh()),
    );
    deps.engine.onBuilt((engine) => this.#follow(engine));
    this.#timers = [
      // Right after activation, which does not read the settings.
      setTimeout(() => this.#refresh(), 0),
      setTimeout(() => void deps.engine.get().catch(() => undefined), settleMs),
    ];
  }

  get state(): string {
    return faceOf(this.#facts()).state;
  }

  set lastDecision(decision: Decision) {
    this.#lastDecision = decision;
    this.#refresh();
  }

  /** Shows "thinking" until the caller calls the returned function. */
  think(): () => void {
    this.#thinking += 1;
    this.#refresh();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#thinking -= 1;
      this.#refresh();
    };
  }

  dispose(): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#bar.dispose();
  }

  #follow(engine: Engine): void {
    const { ledger } = engine.store;
    const told = (): void => {
      this.#refresh();
      void this.#tellThresholds(engine);
    };
    this.#subscriptions.push(ledger.onDidChange(told));
    told();
    void this.#recall(engine).catch((error: unknown) =>
      this.#deps.log.error('The last decision could not be read', error),
    );
  }

  /** Shows the previous session's last decision until this session has one. */
  async #recall({ store }: Engine): Promise<void> {
    const last = (await store.usage.decisions({ limit: 1 }))[0]?.decision;
    this.#lastDecision ??= last;
    this.#refresh();
  }

  /** The ledger returns each threshold once, over all windows. */
  async #tellThresholds({ store }: Engine): Promise<void> {
    const { monthly } = this.#deps.settings.limits();
    if (monthly === undefined || monthly === 0 || store.ledger.summary().state !== 'ready') return;
    for (const notice of await store.ledger.takeNotices(monthly)) void showLimitNotice(notice);
  }

  #refresh(): void {
    const facts = this.#facts();
    this.#bar.show(facts);
    this.#progress.show(facts);
  }

  #facts(): StatusFacts {
    const { models, settings, engine } = this.#deps;
    const decision = this.#lastDecision;
    return {
      activity: this.#thinking > 0 ? 'thinking' : 'ready',
      hasModels: models.arms.length > 0,
      needsLimit: models.arms.some(({ price }) => price === undefined || !isFree(price)),
      monthlyLimit: settings.limits().monthly,
      spend: engine.built?.store.ledger.summary(),
      lastDecision: decision && { id: decision.id, reason: reasonLine(decision, models.arms) },
    };
  }
}
