/**
 * The money of one call from its reservation to its bill. The caller ensures that each call is settled or voided
 * exactly once.
 */
import { BELOW_SENT, BELOW_VISIBLE, billFor, type Bill, type MostMade } from '../../core/money/billing.ts';
import { paceOfBill } from '../../core/money/armPace.ts';
import { mostTokens } from '../../core/money/mostTokens.ts';
import { kindOfCall } from './callKind.ts';
import { mostMade } from '../../core/money/unseen.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import { standingOf } from '../../core/money/available.ts';
import type { Result } from '../../core/result.ts';
import type { Log } from '../ports/environment.ts';
import type { ProviderError, StreamEvent, Usage } from '../ports/models.ts';
import type { CostSource, Ledger, LedgerRefusal, Purpose, Reservation } from '../ports/money.ts';
import type { ConversationMemory } from './conversationMemory.ts';
import type { Limits } from './moneyFacts.ts';
import type { PolicyRuntime } from './policyRuntime.ts';
import type { RoutedArm } from './routing.ts';
import type { AnswerWatch } from './watch.ts';

export interface SettledCost {
  readonly costNano: NanoUsd;
  readonly costSource: CostSource;
  readonly leftNano: NanoUsd | undefined;
}

type Reserving = Promise<Result<Reservation, LedgerRefusal>>;
export type Done = Extract<StreamEvent, { type: 'done' }>;

/** How the stream ended, and the received part of the answer. */
interface Served {
  readonly text: string;
  readonly events: number;
  readonly done: Done | undefined;
  readonly failure: ProviderError | undefined;
  readonly watch: AnswerWatch;
  /** Whether closing the connection ended the provider's work. */
  readonly stopsWhenClosed: boolean;
}

export interface SettlementDeps {
  readonly log: Log;
  readonly policy: PolicyRuntime;
  readonly conversations: ConversationMemory;
  readonly workspaceId: string;
  readonly ledger: Ledger;
  readonly limits: () => Limits;
  /** A model that counted as free and reported a cost is unpriced from then on. */
  readonly distrustPrice: (arm: ArmId) => void;
}

interface CallTerms {
  readonly purpose: Purpose;
  readonly conversationId: string | undefined;
  /** Upper bound in tokens. */
  readonly inputBound: () => number;
  /** Lower bound in tokens. */
  readonly leastInput: () => number;
  /** Practical upper bound (`mostTokens`), in tokens. */
  readonly inputMost: () => number;
  /** The most output that can be billed, in tokens; Infinity where the cap that is sent does not bound it. */
  readonly outputBound: () => number;
}

export class CallSettlement {
  readonly #deps: SettlementDeps;
  readonly #routed: RoutedArm;
  readonly #terms: CallTerms;
  #reserving: Reserving | undefined;
  #bill: Bill | undefined;

  constructor(deps: SettlementDeps, routed: RoutedArm, terms: CallTerms) {
    this.#deps = deps;
    this.#routed = routed;
    this.#terms = terms;
  }

  /** Reserves the worst case. Call it first, and once. */
  reserve(): Reserving {
    const { decision, arm, quote } = this.#routed;
    const limits = this.#deps.limits();
    this.#reserving = this.#deps.ledger.reserve({
      armId: arm.id,
      decisionId: decision.id,
      purpose: this.#terms.purpose,
      surface: decision.surface,
      workspaceId: this.#deps.workspaceId,
      language: decision.context.coarse.language,
      worstCase: quote.worstCase,
      expected: quote.expected,
      limit: limits.monthly ?? (0 as NanoUsd),
      workspaceLimit: limits.workspace,
      inlineLimit: limits.inline,
    });
    return this.#reserving;
  }

  async settle(served: Served): Promise<void> {
    const { text, events, done, failure } = served;
    const { arm, quote } = this.#routed;
    const usage = done?.usage ?? failure?.usage;
    if (failure?.served === 'no' && text === '' && usage === undefined) {
      await this.void('not served');
      return;
    }
    const bill = billFor({
      arm,
      worstCase: quote.worstCase,
      inputTokens: quote.inputTokens,
      leastInput: this.#terms.leastInput(),
      usage,
      complete: done !== undefined,
      visible: { text, events },
      mostMade: this.#mostMade(served),
    });
    this.#bill = bill;
    this.#learnPace(served, bill);
    // Immediately, since the next call must not use the model as free, however long the ledger takes.
    if (bill.flags.includes('free-but-billed')) this.#deps.distrustPrice(arm.id);
    const reserved = await this.#reserving;
    if (reserved?.ok !== true) return;
    const generationId = done?.generationId ?? failure?.generationId;
    const [note] = bill.flags.filter((flag) => flag === BELOW_VISIBLE || flag === BELOW_SENT);
    this.#check(await this.#deps.ledger.settle(reserved.value.id, { ...bill, generationId, note }));
    this.#deps.policy.settled(bill.cost, this.#routed.money);
    if (bill.source === 'estimate') return;
    this.#deps.policy.observeCost(arm.id, { expected: this.#routed.uncalibrated, cost: bill.cost });
    if (done?.usage) this.#learnLength(done.usage, done.finish === 'length');
  }

  async void(reason: string): Promise<void> {
    const reserved = await this.#reserving;
    if (reserved?.ok === true) this.#check(await this.#deps.ledger.void(reserved.value.id, reason));
  }

  /** Undefined before the settlement, and where nothing was served. */
  cost(): SettledCost | undefined {
    const { ledger, limits } = this.#deps;
    if (!this.#bill) return undefined;
    const { monthly } = limits();
    return {
      costNano: this.#bill.cost,
      costSource: this.#bill.source,
      leftNano: standingOf(ledger.summary(), monthly).available,
    };
  }

  /** Only for a call that this side ended: after any other end of the connection the provider may still be working. */
  #mostMade({ text, done, failure, watch, stopsWhenClosed }: Served): MostMade | undefined {
    if (!stopsWhenClosed || done !== undefined || failure?.kind !== 'cancelled') return undefined;
    const { id, capabilities } = this.#routed.arm;
    const { speed, ratio, thinks } = this.#deps.policy.pace(id);
    const fastest = Math.max(speed ?? 0, watch.speed ?? 0) || undefined;
    const received = ratio * mostTokens(text);
    const made = mostMade(received, watch.time, { speed: fastest }, capabilities.reasoning ?? thinks);
    return {
      inputTokens: Math.min(this.#terms.inputBound(), ratio * this.#terms.inputMost()),
      outputTokens: Math.min(this.#terms.outputBound(), made),
    };
  }

  #learnPace({ text, done, watch }: Served, bill: Bill): void {
    const { policy } = this.#deps;
    const { id } = this.#routed.arm;
    if (done?.usage === undefined || bill.source === 'estimate') {
      if (watch.speed !== undefined) policy.observePace(id, { speed: watch.speed });
      return;
    }
    const { input, cachedInput, cacheWrite, output, reasoning } = bill.tokens;
    const billed = { input: input + cachedInput + cacheWrite, output: output + reasoning };
    const most = { input: this.#terms.inputMost(), output: mostTokens(text) };
    policy.observePace(id, paceOfBill(billed, most, { fastest: watch.speed, wholeMs: watch.time.whole }));
  }

  #learnLength({ tokens }: Usage, wasCut: boolean): void {
    const { arm, decision } = this.#routed;
    const kind = kindOfCall(arm, decision.surface, decision.context.coarse.task);
    const bytes = this.#terms.inputBound();
    this.#deps.policy.observeCall(kind, bytes, tokens, wasCut);
    this.#deps.conversations.answered(this.#terms.conversationId, arm, {
      at: decision.at,
      bytes,
      tokens,
      context: decision.context,
    });
  }

  #check(outcome: Result<unknown, string>): void {
    if (outcome.ok) return;
    this.#deps.log.warn(`A reservation of ${this.#routed.arm.id} was not settled: ${outcome.error}`);
  }
}
