import * as vscode from 'vscode';
import type { Released } from '../../app/ask/answerHolds.ts';
import type { AskEngine, AskFeedback } from '../../app/ask/ask.ts';
import { askOrder, askRouting, type AskPrompt, type AskRequest } from '../../app/call/orders.ts';
import type { Preview } from '../../app/call/preview.ts';
import type { Completion, CompletionEvent } from '../../app/call/routedCompletion.ts';
import type { Arm } from '../../core/arm.ts';
import { isFree } from '../../core/arm.ts';
import type { Disposable } from '../../app/ports/environment.ts';
import type { LedgerEntry } from '../../app/ports/money.ts';
import type { DecisionId, NanoUsd, ReservationId } from '../../core/brand.ts';
import { standingOf } from '../../core/money/available.ts';
import { setMonthlyLimit } from '../money/budgetCommands.ts';
import type { EngineHolder } from '../kit/engineHolder.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import type { Settings } from '../settings/settings.ts';
import type { PausedThumb } from '../words/pausedThumb.ts';

export interface AskEngineDeps {
  readonly engine: EngineHolder;
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly completion: Completion;
  readonly pausedThumb: PausedThumb;
}

/** Connects Ask to the engine: asks for a limit before the first paid use. */
export class AskEngineOverRouting implements AskEngine {
  readonly #deps: AskEngineDeps;
  #askedForLimit = false;

  constructor(deps: AskEngineDeps) {
    this.#deps = deps;
  }

  arms(): readonly Arm[] {
    return this.#deps.models.arms;
  }

  async *run(request: AskRequest): AsyncIterable<CompletionEvent> {
    await this.#ensureLimit();
    yield* this.#deps.completion.run(askOrder(request));
  }

  async preview(prompt: AskPrompt, rule?: 'cheaper'): Promise<Preview | undefined> {
    if (this.arms().length === 0) return undefined;
    const { routing } = await this.#deps.engine.get();
    return routing.preview(askRouting(prompt), rule);
  }

  onDidChange(listener: () => void): Disposable {
    const { models, settings, engine } = this.#deps;
    const parts: Disposable[] = [models.onDidChange(listener), settings.onDidChange(listener)];
    let over = false;
    engine.onBuilt(({ workspace, store }) => {
      if (!over) parts.push(workspace.onDidChange(listener), store.ledger.onDidChange(listener));
    });
    return {
      dispose: () => {
        over = true;
        for (const part of parts) part.dispose();
      },
    };
  }

  async feedback(decisionId: DecisionId, kind: AskFeedback): Promise<void> {
    const { learning } = await this.#deps.engine.get();
    const learn = (): Promise<void> => learning.outcome(decisionId, kind);
    await learn();
    if (kind === 'thumb-up' || kind === 'thumb-down') void this.#deps.pausedThumb.tell(learn);
  }

  async holds(): Promise<readonly LedgerEntry[]> {
    return (await this.#deps.engine.get()).store.usage.holds();
  }

  async release(ids: readonly ReservationId[]): Promise<Released | undefined> {
    const freed = await vscode.commands.executeCommand<NanoUsd | undefined>('pilot.releaseHolds', ids);
    if (freed === undefined) return undefined;
    const { ledger } = (await this.#deps.engine.get()).store;
    const { monthly } = this.#deps.settings.limits();
    return { freed, leftNano: standingOf(ledger.summary(), monthly).available };
  }

  /**
   * Asks for a limit at the first prompt that could cost money, once for each session: no limit means neither
   * "unlimited" nor "nothing".
   */
  async #ensureLimit(): Promise<void> {
    const { settings, models, engine } = this.#deps;
    const unlimited = settings.limits().monthly === undefined;
    const paid = models.arms.some(({ price }) => price !== undefined && !isFree(price));
    if (!unlimited || !paid || this.#askedForLimit) return;
    this.#askedForLimit = true;
    await setMonthlyLimit({ settings, ledger: async () => (await engine.get()).store.ledger });
  }
}
