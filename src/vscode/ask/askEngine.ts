import type { AskEngine, AskFeedback, AskRequest, RoutedEvent } from '../../app/ask/ask.ts';
import { chatCall } from '../../app/call/call.ts';
import type { Arm } from '../../core/arm.ts';
import { isFree } from '../../core/arm.ts';
import type { DecisionId } from '../../core/brand.ts';
import { setMonthlyLimit } from '../money/budgetCommands.ts';
import type { EngineHolder } from '../kit/engineHolder.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import type { Settings } from '../settings/settings.ts';
import type { StatusController } from '../money/statusController.ts';

export interface AskEngineDeps {
  readonly engine: EngineHolder;
  readonly settings: Settings;
  readonly models: ModelSettings;
  readonly status: StatusController;
}

/** Ask's door to the engine: asks for a limit before the first paid use, and keeps the status bar informed. */
export class AskEngineOverRouting implements AskEngine {
  readonly #deps: AskEngineDeps;
  #askedForLimit = false;

  constructor(deps: AskEngineDeps) {
    this.#deps = deps;
  }

  arms(): readonly Arm[] {
    return this.#deps.models.arms;
  }

  async *run(request: AskRequest): AsyncIterable<RoutedEvent> {
    const { engine, status } = this.#deps;
    await this.#ensureLimit();
    const done = status.think();
    try {
      const { completion } = await engine.get();
      const order = {
        ...request,
        view: { ...request.view, surface: 'ask' as const },
        purpose: 'ask' as const,
        call: chatCall({
          messages: request.messages,
          purpose: request.continues === true ? 'rest' : 'answer',
        }),
      };
      for await (const event of completion.run(order)) {
        if (event.type === 'routed') status.lastDecision = event.decision;
        if (event.type !== 'tool-call') yield event;
      }
    } finally {
      done();
    }
  }

  async feedback(decisionId: DecisionId, kind: AskFeedback): Promise<void> {
    const { completion } = await this.#deps.engine.get();
    await completion.outcome(decisionId, kind);
  }

  /** No silent "unlimited" and no silent "nothing": the first prompt that could cost money asks, once per session. */
  async #ensureLimit(): Promise<void> {
    const { settings, models, engine } = this.#deps;
    const unlimited = settings.limits().limits.monthly === undefined;
    const paid = models.arms.some(({ price }) => price !== undefined && !isFree(price));
    if (!unlimited || !paid || this.#askedForLimit) return;
    this.#askedForLimit = true;
    await setMonthlyLimit({ settings, ledger: async () => (await engine.get()).store.ledger });
  }
}
