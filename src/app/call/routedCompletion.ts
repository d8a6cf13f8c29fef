/**
 * One prompt's journey: decide -> reserve the worst case -> stream -> settle the bill -> learn.
 *
 * Invariant: a paid request leaves only after its reservation was committed, and every reservation is settled or voided
 * exactly once, however the stream ends (the `finally` below also runs when the consumer stops reading).
 */
import { isFree, type Arm } from '../../core/arm.ts';
import type { ArmId, NanoUsd } from '../../core/brand.ts';
import type { Decision, ExclusionReason } from '../../core/decision.ts';
import { estimatedTokens } from '../../core/money/billing.ts';
import { stopTerms, type StopTerms } from '../../core/money/stopping.ts';
import type { Health } from './health.ts';
import type { Learning } from './learning.ts';
import type { Clock } from '../ports/environment.ts';
import type { ModelClient, ModelStream, ProviderError, StreamEvent } from '../ports/models.ts';
import type { LedgerRefusal, Purpose } from '../ports/money.ts';
import { problemOfRefusal, type Problem } from './problem.ts';
import { isBounded } from './call.ts';
import type { RoutedArm, Routing, RoutingRequest } from './routing.ts';
import { CallSettlement, type Done, type SettledCost, type SettlementDeps } from './settlement.ts';
import { AnswerWatch } from './watch.ts';
import type { WorkspaceStateHolder } from './workspaceState.ts';

export interface CompletionOrder extends RoutingRequest {
  readonly purpose: Purpose;
  readonly signal: AbortSignal;
  /** When the consumer stops reading without aborting: cancel (default), or let a short answer finish for its usage. */
  readonly whenLeft?: 'cancel' | 'finish';
  /**
   * When `signal` aborts: close the connection (default), or first read a nearly finished answer to its end, unseen,
   * where closing would not end the work (core/money/stopping.ts).
   */
  readonly whenStopped?: 'close' | 'run-out';
  /**
   * Called when the request is about to leave, with a function that tells at any later time what stopping the answer
   * would mean.
   */
  readonly onRunning?: ((terms: () => StopTerms) => void) | undefined;
}

export type CompletionEvent =
  /** Sent again when an arm provably did not serve and another takes over. */
  | {
      readonly type: 'routed';
      readonly decision: Decision;
      readonly arm: Arm;
      /** The conversation continues without the state beside its tool calls, which the model refused. */
      readonly withoutState?: true;
    }
  | Exclude<StreamEvent, Done>
  | (SettledCost &
      Pick<Done, 'finish' | 'usage'> & {
        readonly type: 'ended';
        readonly incomplete?: Done['incomplete'] | undefined;
      })
  /** `cost`: the settlement of the attempt, when something may have been served before it failed. */
  | { readonly type: 'failed'; readonly problem: Problem; readonly cost?: SettledCost };

/** Implemented by `RoutedCompletion`: route, reserve, stream, settle. */
export interface Completion {
  run(order: CompletionOrder): AsyncIterable<CompletionEvent>;
}

export interface RoutedCompletionDeps extends SettlementDeps {
  readonly clock: Clock;
  readonly routing: Routing;
  readonly learning: Learning;
  readonly health: Health;
  readonly workspace: WorkspaceStateHolder;
  readonly client: ModelClient;
  readonly arms: () => readonly Arm[];
  /** A setting prevents this arm from answering, and another took over; no other event reports this. */
  readonly onPassedOver?: ((arm: Arm, error: ProviderError) => void) | undefined;
}

/** The most arms tried for one prompt when they provably did not serve it. */
const maxAttempts = 3;

export class RoutedCompletion implements Completion {
  readonly #deps: RoutedCompletionDeps;
  readonly #unsettled = new Set<Promise<void>>();

  constructor(deps: RoutedCompletionDeps) {
    this.#deps = deps;
  }

  async *run(asks: CompletionOrder): AsyncGenerator<CompletionEvent, void, undefined> {
    let order = asks;
    const failed = new Map<ArmId, ExclusionReason>();
    let lastFailure: FailedAttempt | undefined;
    let asked = 0;
    let moneyClosed = false;
    while (asked < maxAttempts) {
      const exclude = (arm: Arm): ExclusionReason | undefined =>
        failed.get(arm.id) ?? (moneyClosed && !isFreeArm(arm) ? 'over-limit' : order.exclude?.(arm));
      const routed = this.#deps.routing.decide({ ...order, exclude });
      if (!routed.ok) {
        yield { type: 'failed', ...(lastFailure ?? { problem: routed.error }) };
        return;
      }
      const attempted = new Attempt(this.#deps, order, routed.value, {
        isRetry: asked > 0,
        isStateless: order !== asks,
      });
      const over = attempted.over.promise.finally(() => this.#unsettled.delete(over));
      this.#unsettled.add(over);
      yield* attempted.run();
      if (attempted.end.kind === 'answered') return;
      const { problem, cost, refusal } = attempted.end;
      lastFailure = cost === undefined ? { problem } : { problem, cost };
      const { arm } = routed.value;
      // Once only: the remaining text has no state that could be refused.
      const stateless = isRefusedState(problem) ? order.call.withoutState?.() : undefined;
      if (stateless && !order.signal.aborted) {
        order = { ...order, call: stateless };
        asked += 1;
        continue;
      }
      if (!attempted.end.another || order.choice.type === 'arm' || order.signal.aborted) break;
      failed.set(arm.id, attempted.end.another);
      if (problem.kind === 'provider' && OF_SETTINGS.has(problem.error.kind))
        this.#deps.onPassedOver?.(arm, problem.error);
      // No provider was asked after a refusal of the ledger; unless it concerned this arm's worst case, it applies to
      // every paid arm.
      if (refusal === undefined) asked += 1;
      else if (refusal !== 'over-limit') moneyClosed = true;
    }
    if (lastFailure) yield { type: 'failed', ...lastFailure };
  }

  /** Resolves when every sent request has been settled; a closing window waits for it briefly. */
  async settled(): Promise<void> {
    await Promise.all(this.#unsettled);
  }
}

/** Failures that remain until a setting changes. */
const OF_SETTINGS: ReadonlySet<ProviderError['kind']> = new Set(['effort-refused', 'no-responses']);

const isRefusedState = (problem: Problem): boolean =>
  problem.kind === 'provider' && problem.error.kind === 'state-refused' && !problem.partial;

const isFreeArm = ({ price }: Arm): boolean => price !== undefined && isFree(price);

const cancelled: ProviderError = {
  kind: 'cancelled',
  served: 'maybe',
  status: undefined,
  retryAfterMs: undefined,
  detail: '',
};

/** The user's choice and not the router's: a problem must be about this model. */
const isWish = (kind: Decision['kind']): boolean => kind === 'pinned' || kind === 'user-choice';

interface FailedAttempt {
  readonly problem: Problem;
  readonly cost?: SettledCost;
}

type AttemptEnd =
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'failed';
      readonly problem: Problem;
      /** Provably nothing was served, so that another arm may try; the value is the reason that excludes this one. */
      readonly another: ExclusionReason | undefined;
      /** The ledger's refusal, before anything was sent. */
      readonly refusal: LedgerRefusal['kind'] | undefined;
      readonly cost: SettledCost | undefined;
    };

/** The stream of the attempt; its present consumer reads it. */
interface OpenAnswer {
  readonly events: AsyncIterator<StreamEvent>;
  readonly stream: ModelStream;
  done: Done | undefined;
}

class Attempt {
  readonly #deps: RoutedCompletionDeps;
  readonly #order: CompletionOrder;
  readonly #routed: RoutedArm;
  readonly #books: CallSettlement;
  readonly #watch: AnswerWatch;
  readonly #isStateless: boolean;
  #text = '';
  #textEvents = 0;
  end: AttemptEnd = { kind: 'answered' };
  /** The settlement of a call that owes nothing: the ledger does it in its own time, and no caller waits. */
  #inBackground: Promise<void> = Promise.resolve();
  /** Ends the stream, for `order.signal`, except where a stopped answer is read to its end. */
  readonly #closing = new AbortController();
  /** Whether the user stopped the answer and it is read to its end. */
  #isUnseen = false;
  /** Resolves when the attempt has nothing left to settle. */
  readonly over = Promise.withResolvers<undefined>();

  constructor(
    deps: RoutedCompletionDeps,
    order: CompletionOrder,
    routed: RoutedArm,
    { isRetry, isStateless }: { readonly isRetry: boolean; readonly isStateless: boolean },
  ) {
    this.#deps = deps;
    this.#order = order;
    this.#routed = routed;
    this.#isStateless = isStateless;
    this.#books = new CallSettlement(deps, routed, {
      purpose: isRetry ? 'retry' : order.purpose,
      conversationId: order.conversationId,
      inputBound: () => order.call.inputBound(routed.arm),
      leastInput: () => order.call.leastInput?.() ?? 0,
      inputMost: () => order.call.inputMost?.() ?? order.call.inputBound(routed.arm),
      outputBound: () => (isBounded(order.call, routed.arm) ? routed.quote.outputCap : Infinity),
    });
    this.#watch = new AnswerWatch(deps.clock);
  }

  async *run(): AsyncGenerator<CompletionEvent, void, undefined> {
    const { decision, arm, quote } = this.#routed;
    const paid = quote.worstCase > 0;
    const reserving = this.#books.reserve();
    // A free model never waits for the ledger, here or at its end, and is never stopped by it.
    const reserved = paid ? await reserving : undefined;
    if (reserved && !reserved.ok) {
      this.#refused(reserved.error);
      this.over.resolve(undefined);
      return;
    }
    let answer: OpenAnswer | undefined;
    let ended = false;
    let unfollow = (): void => undefined;
    try {
      void this.#deps.learning.decided(decision);
      yield { type: 'routed', decision, arm, ...(this.#isStateless && { withoutState: true }) };
      const cacheKey = this.#deps.conversations.cacheKey(this.#order.conversationId);
      const { call } = this.#order;
      const stream = call.open(this.#deps.client, arm, { ...quote, cacheKey }, this.#closing.signal);
      answer = { stream, events: stream.events[Symbol.asyncIterator](), done: undefined };
      unfollow = this.#followStop(stream);
      for (let event = await this.#next(answer); event; event = await this.#next(answer))
        if (!this.#isUnseen) yield event;
      const failure = await stream.failure;
      ended = true;
      await this.#settle(answer, answer.done, failure);
      if (failure) this.#failed(arm, failure);
      else if (this.#isUnseen) this.#ranOut(arm);
      else yield this.#answered(answer.done);
    } finally {
      unfollow();
      // The consumer stopped reading: at `routed`, before anything was sent, or in the middle of the answer.
      const alone = !ended && answer && this.#mayFinishAlone() ? answer : undefined;
      if (alone) void this.#finishAlone(alone);
      else if (!ended) await (answer ? this.#leave(answer) : this.#book(this.#books.void('never sent')));
      if (!alone) this.#finish();
    }
  }

  /** Handles the user's stop of this stream. Returns a function that ends the listening. */
  #followStop(stream: ModelStream): () => void {
    const { signal, whenStopped, onRunning } = this.#order;
    const terms = (): StopTerms => this.#stopTerms(stream);
    const stop = (): void => {
      this.#isUnseen = whenStopped === 'run-out' && terms().kind === 'runs-out';
      if (!this.#isUnseen) this.#closing.abort();
    };
    if (signal.aborted) this.#closing.abort();
    else signal.addEventListener('abort', stop, { once: true });
    onRunning?.(terms);
    return () => signal.removeEventListener('abort', stop);
  }

  #stopTerms(stream: ModelStream): StopTerms {
    const { arm, quote } = this.#routed;
    return stopTerms({
      arm,
      worstCase: quote.worstCase,
      inputTokens: quote.inputTokens,
      expectedOutput: quote.outputTokens,
      outputCap: quote.outputCap,
      received: estimatedTokens({ text: this.#text, events: this.#textEvents }),
      endsWhenClosed: stream.stopsWhenClosed?.() ?? false,
    });
  }

  /** The next event with text; undefined at the end. */
  async #next(answer: OpenAnswer): Promise<Exclude<StreamEvent, Done> | undefined> {
    this.#watch.sent();
    for (;;) {
      const next = await answer.events.next();
      if (next.done === true) return undefined;
      if (next.value.type !== 'done') {
        this.#see(next.value);
        return next.value;
      }
      answer.done = next.value;
    }
  }

  #see(event: Exclude<StreamEvent, Done>): void {
    if (event.type === 'text-was-reasoning') return;
    const text = event.type === 'tool-call' ? event.call.name + event.call.input : event.text;
    this.#watch.saw(text);
    this.#text += text;
    this.#textEvents += 1;
  }

  /** Another window took the money between the decision and the reservation, or the ledger is unusable. */
  #refused(refusal: LedgerRefusal): void {
    const free = this.#deps.arms().find(isFreeArm);
    const { decision, arm } = this.#routed;
    const wished = isWish(decision.kind) ? arm : undefined;
    this.#fail(problemOfRefusal(refusal, { free: free?.id, wished }), 'over-limit', refusal.kind);
  }

  async #leave(answer: OpenAnswer): Promise<void> {
    this.#noteLeft();
    await answer.events.return?.();
    // Leaving the stream cancels it: what it had reported is its running usage, and the id for looking up the bill.
    await this.#settle(answer, undefined, await answer.stream.failure);
  }

  /**
   * Whether a short answer may finish unread: its usage then states its cost, while a canceled one would keep the rest
   * of its worst case held against the limit (docs/decisions.md, "The limit").
   */
  #mayFinishAlone(): boolean {
    return this.#isUnseen || (this.#order.whenLeft === 'finish' && !this.#order.signal.aborted);
  }

  async #finishAlone(answer: OpenAnswer): Promise<void> {
    this.#noteLeft();
    try {
      while (await this.#next(answer));
      await this.#settle(answer, answer.done, await answer.stream.failure);
    } catch (error) {
      this.#deps.log.error(`An answer of ${this.#routed.arm.id} was left and could not be settled`, error);
    } finally {
      this.#finish();
    }
  }

  #settle({ stream }: OpenAnswer, done: Done | undefined, failure: ProviderError | undefined): Promise<void> {
    this.#watch.ended();
    const seen = { text: this.#text, events: this.#textEvents, watch: this.#watch };
    const stopsWhenClosed = stream.stopsWhenClosed?.() ?? false;
    return this.#book(this.#books.settle({ ...seen, done, failure, stopsWhenClosed }));
  }

  /**
   * Waits for the settlement where money moves, which includes a call that was billed though its model counted as free.
   */
  #book(settling: Promise<void>): Promise<void> {
    const owed = this.#routed.quote.worstCase > 0 || (this.#books.cost()?.costNano ?? 0) > 0;
    if (owed) return settling;
    this.#inBackground = settling.catch((error: unknown) => {
      this.#deps.log.error(`A free call of ${this.#routed.arm.id} could not be written down`, error);
    });
    return Promise.resolve();
  }

  #finish(): void {
    void this.#inBackground.then(() => this.over.resolve(undefined));
  }

  /** A consumer that stops reading an answer has received one: the arm is healthy. */
  #noteLeft(): void {
    if (this.#text !== '') this.#deps.health.succeeded(this.#routed.arm.id);
  }

  #failed(arm: Arm, error: ProviderError): void {
    const { health, clock } = this.#deps;
    health.failed(arm.id, error, clock.now());
    const partial = this.#text !== '';
    const another = error.served === 'no' && !partial && error.kind !== 'cancelled' ? 'unhealthy' : undefined;
    this.#fail({ kind: 'provider', arm, error, partial }, another);
  }

  /** For the user who stopped it, it was canceled; its bill is known. */
  #ranOut(arm: Arm): void {
    this.#deps.health.succeeded(arm.id);
    const partial = this.#text !== '';
    this.#fail({ kind: 'provider', arm, error: cancelled, partial }, undefined);
  }

  #fail(problem: Problem, another: ExclusionReason | undefined, refusal?: LedgerRefusal['kind']): void {
    this.end = { kind: 'failed', problem, another, refusal, cost: this.#books.cost() };
  }

  #answered(done: Done | undefined): CompletionEvent {
    const { arm } = this.#routed;
    const { health, workspace } = this.#deps;
    health.succeeded(arm.id);
    if (this.#order.conversationId !== undefined) workspace.stick(this.#order.conversationId, arm.id);
    const cost = this.#books.cost() ?? {
      costNano: 0 as NanoUsd,
      costSource: 'estimate',
      leftNano: undefined,
    };
    return { type: 'ended', ...cost, finish: done?.finish, incomplete: done?.incomplete, usage: done?.usage };
  }
}
