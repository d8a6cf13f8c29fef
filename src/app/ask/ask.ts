/**
 * The Ask use case: one live conversation, its running answer, and the user's actions on answers. It calls an engine
 * and notifies listeners, and knows neither panel nor endpoint. An answer continues while no panel is visible.
 */
import type { Arm } from '../../core/arm.ts';
import type { ArmId, DecisionId, EpochMs, NanoUsd } from '../../core/brand.ts';
import type { Decision } from '../../core/decision.ts';
import type { StopTerms } from '../../core/money/stopping.ts';
import type { Disposable, Log } from '../ports/environment.ts';
import type { LedgerEntry } from '../ports/money.ts';
import type { AskPrompt, AskRequest } from '../call/orders.ts';
import type { Preview } from '../call/preview.ts';
import type { IncompleteReason } from '../ports/models.ts';
import type { Problem } from '../call/problem.ts';
import type { CompletionEvent } from '../call/routedCompletion.ts';
import type { Choice } from '../call/routing.ts';
import type { SettledCost } from '../call/settlement.ts';
import { changedHolds, type Release, type Released } from './answerHolds.ts';
import { Seam, continuation } from './seam.ts';
import { assembleAgain, type Prepared } from './assemble.ts';
import {
  addAnswer,
  addTurn,
  canContinue,
  canTeach,
  changeAnswer,
  emptyAnswer,
  findAnswer,
  holdsText,
  showAnswer,
  triedArms,
  type Answer,
  type AnswerRoute,
  type Conversation,
  type Notice,
  type Rating,
  type Turn,
} from './conversations.ts';

/** The evidence about an answer in one of the user's actions. */
export type AskFeedback =
  'thumb-up' | 'thumb-down' | 'cleared' | 'copied' | 'inserted' | 'applied' | 'retried' | 'escalated';

export interface AskEngine {
  run(request: AskRequest): AsyncIterable<CompletionEvent>;
  /** The cost and the model of a question, without sending it; undefined where nothing can be said now. */
  preview(prompt: AskPrompt, rule?: 'cheaper'): Promise<Preview | undefined>;
  /** Fires when models, limits or the user's wishes changed, so that a preview may change too. */
  onDidChange(listener: () => void): Disposable;
  feedback(decisionId: DecisionId, kind: AskFeedback): Promise<void>;
  arms(): readonly Arm[];
  /** Ended calls of this month without a known bill. */
  holds(): Promise<readonly LedgerEntry[]>;
  /**
   * Confirms with the user and ends the holds of these calls; undefined where the user declined or the ledger failed.
   */
  readonly release: Release;
}

/** Sentences for data, supplied by the surface so that they are translated. */
export interface AskWords {
  reason(decision: Decision, arms: readonly Arm[]): string;
  problem(problem: Problem): Notice;
  /** `label`: the model's label. */
  incomplete(label: string, reason: IncompleteReason): Notice;
}

export type SessionChange =
  | { readonly type: 'turn'; readonly turnId: string }
  | { readonly type: 'answer'; readonly turnId: string; readonly answerId: string }
  | { readonly type: 'append'; readonly answerId: string; readonly text: string; readonly reasoning: string };

export interface AskSessionDeps {
  readonly engine: AskEngine;
  readonly words: AskWords;
  readonly log: Log;
  readonly newId: () => string;
  readonly now: () => EpochMs;
  /** Called when something worth keeping changed; at most every few seconds while an answer streams. */
  readonly save: (conversation: Conversation) => void;
}

/** Interval between saves of a streaming answer, the most that a crash can lose. */
const saveEveryMs = 3_000;
/** The most versions of one answer, and the most questions of one conversation. */
const maxAnswers = 50;
const maxTurns = 500;

interface Run {
  readonly turnId: string;
  readonly answerId: string;
  readonly abort: AbortController;
  /** The present effect of stopping; undefined = no request has left yet. */
  terms: (() => StopTerms) | undefined;
  /** Index of the answer shown before, which is shown again if this one stays empty. */
  readonly former: number | undefined;
  text: string;
  reasoning: string;
  savedAt: EpochMs;
  /** The answer that this run continues, and how the rest is joined to it. */
  readonly before?: Answer;
  readonly seam?: Seam;
}

export class AskSession {
  readonly #deps: AskSessionDeps;
  readonly #listeners = new Set<(change: SessionChange) => void>();
  #conversation: Conversation;
  #run: Run | undefined;
  #unsettled = 0;

  constructor(conversation: Conversation, deps: AskSessionDeps) {
    this.#conversation = conversation;
    this.#deps = deps;
  }

  /** The current conversation, including the received part of the running answer. */
  get conversation(): Conversation {
    const run = this.#run;
    if (!run) return this.#conversation;
    return changeAnswer(this.#conversation, run.answerId, { text: run.text, reasoning: run.reasoning });
  }

  get running(): boolean {
    return this.#run !== undefined;
  }

  /** A stopped answer may still be read to its end, and its cost is reported here. */
  get isSettled(): boolean {
    return this.#unsettled === 0;
  }

  get isFull(): boolean {
    return this.#conversation.turns.length >= maxTurns;
  }

  onDidChange(listener: (change: SessionChange) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Stops a running answer first. Resolves when the new answer has ended, for whatever reason. */
  async ask(prepared: Prepared, choice: Choice): Promise<void> {
    if (this.isFull) return;
    this.stopNow();
    const { newId, now } = this.#deps;
    const answer = emptyAnswer(newId());
    const turn = {
      id: newId(),
      askedAt: now(),
      question: prepared.question,
      context: prepared.context,
      answers: [answer],
      shown: 0,
    };
    this.#conversation = addTurn(this.#conversation, turn);
    await this.#answer(turn.id, answer.id, prepared, { choice, former: undefined });
  }

  /** Asks the turn's question again. The former answer stays, with the outcome that it did not satisfy. */
  async askAgain(turnId: string, choice: Choice): Promise<void> {
    this.stopNow();
    const turn = this.#turn(turnId);
    if (!turn || turn.answers.length >= maxAnswers) return;
    const former = turn.answers[turn.shown];
    if (former?.route && former.state === 'done' && canTeach(former)) {
      this.#feedback(former.route.decisionId, choice.type === 'escalate' ? 'escalated' : 'retried');
    }
    const answer = emptyAnswer(this.#deps.newId());
    const prepared = assembleAgain(this.conversation, turn);
    this.#conversation = addAnswer(this.#conversation, turnId, answer, this.#deps.now());
    await this.#answer(turnId, answer.id, prepared, { choice, former: turn.shown });
  }

  /**
   * Requests the rest of an answer that ended at its cap, from the same model and in the same answer; the costs are
   * added.
   */
  async continueAnswer(answerId: string): Promise<void> {
    const found = findAnswer(this.#conversation, answerId);
    if (!found?.answer.route || !canContinue(found.answer)) return;
    this.stopNow();
    const { turn, answer } = found;
    const { text, reasoning, route } = answer;
    const again = assembleAgain(this.conversation, turn);
    const prepared = { ...again, messages: continuation(again.messages, text) };
    this.#change(answerId, { state: 'streaming', notice: undefined, incomplete: undefined });
    await this.#answer(
      turn.id,
      answerId,
      prepared,
      { choice: { type: 'arm', armId: found.answer.route.armId }, former: undefined },
      { text, reasoning, before: { ...answer, route }, seam: new Seam(text) },
    );
  }

  triedArms(turnId: string): readonly ArmId[] {
    const turn = this.#turn(turnId);
    return turn ? triedArms(turn) : [];
  }

  /**
   * The user's stop. Where it would keep the whole reservation, the first one only reports that and the answer
   * continues; the second one stops.
   */
  stop(): void {
    const run = this.#run;
    if (!run) return;
    const terms = run.terms?.();
    const isWarned = findAnswer(this.#conversation, run.answerId)?.answer.stopKeeps !== undefined;
    if (terms?.kind !== 'keeps' || isWarned) return this.stopNow();
    this.#change(run.answerId, { stopKeeps: terms.reserved });
  }

  /** Keeps the received text; the cost follows with the settlement. */
  stopNow(): void {
    const run = this.#run;
    if (!run) return;
    this.#finish(run, { state: 'stopped' });
    run.abort.abort();
    if (run.text === '') this.#showFormer(run);
  }

  show(turnId: string, index: number): void {
    this.#conversation = showAnswer(this.#conversation, turnId, index);
    this.#emit({ type: 'turn', turnId });
    this.#deps.save(this.conversation);
  }

  /** Records a thumb, a changed thumb, or a withdrawn thumb. */
  rate(answerId: string, rating: Rating): void {
    const found = findAnswer(this.#conversation, answerId);
    if (!found?.answer.route || found.answer.rating === rating || !canTeach(found.answer)) return;
    this.#change(answerId, { rating });
    this.#deps.save(this.conversation);
    const kind = { up: 'thumb-up', down: 'thumb-down', none: 'cleared' } as const;
    this.#feedback(found.answer.route.decisionId, kind[rating]);
  }

  /** Records a use of the answer's code: a weak sign that the answer was good. */
  used(answerId: string, how: 'copied' | 'inserted' | 'applied'): void {
    const route = findAnswer(this.#conversation, answerId)?.answer.route;
    if (route) this.#feedback(route.decisionId, how);
  }

  /** Updates the amounts that the ledger now holds for ended calls without a known bill. */
  tellHolds(holds: readonly LedgerEntry[]): void {
    for (const { answerId, reserved } of changedHolds(this.#conversation, holds)) {
      this.#change(answerId, { reserved, ...(reserved !== undefined && { released: undefined }) });
    }
  }

  tellReleased(answerId: string, { freed, leftNano }: Released): void {
    const cost = findAnswer(this.#conversation, answerId)?.answer.cost;
    this.#change(answerId, {
      ...{ reserved: undefined, released: freed },
      ...(cost && { cost: { ...cost, leftNano } }),
    });
    this.#deps.save(this.conversation);
  }

  async #answer(
    turnId: string,
    answerId: string,
    prepared: Prepared,
    { choice, former }: { readonly choice: Choice; readonly former: number | undefined },
    from: Pick<Run, 'text' | 'reasoning' | 'before' | 'seam'> = { text: '', reasoning: '' },
  ): Promise<void> {
    const abort = new AbortController();
    const run: Run = {
      ...{ turnId, answerId, abort, former, terms: undefined },
      savedAt: this.#deps.now(),
      ...from,
    };
    this.#run = run;
    this.#unsettled += 1;
    this.#emit({ type: 'turn', turnId });
    this.#deps.save(this.conversation);
    const { messages, view } = prepared;
    const request = {
      ...{ messages, view, choice, signal: abort.signal, conversationId: this.#conversation.id },
      ...(from.before && { continues: true }),
      onRunning: (terms: () => StopTerms) => void (run.terms = terms),
    };
    try {
      for await (const event of this.#deps.engine.run(request)) this.#take(run, event);
      // The engine guarantees an end event; without one, the answer would appear to run forever.
      this.#finish(run, { state: 'done' });
    } catch (error) {
      this.#deps.log.error('An answer ended in an exception', error);
      this.#fail(run, { kind: 'internal', detail: String(error) });
    } finally {
      this.#unsettled -= 1;
    }
  }

  #take(run: Run, event: CompletionEvent): void {
    switch (event.type) {
      case 'routed':
        if (run.before) return this.#note(run.answerId, event.decision.id);
        return this.#change(run.answerId, { route: this.#route(event.decision, event.arm) });
      case 'text':
        return this.#append(run, run.seam?.push(event.text) ?? event.text, '');
      case 'reasoning':
        return this.#append(run, '', event.text);
      case 'text-was-reasoning':
        return this.#fold(run);
      case 'tool-call':
        // Ask offers its models no tools.
        return;
      case 'ended':
        this.#tellCost(run, event);
        this.#join(run);
        return this.#finish(run, { state: 'done', ...this.#incomplete(run, event.incomplete) });
      case 'failed':
        if (event.cost) this.#tellCost(run, event.cost);
        return this.#fail(run, event.problem);
    }
  }

  #note(answerId: string, decisionId: DecisionId): void {
    const { calls = [] } = findAnswer(this.#conversation, answerId)?.answer ?? {};
    this.#change(answerId, { calls: [...calls, decisionId] });
  }

  #tellCost(run: Run, { costNano, costSource, leftNano }: SettledCost): void {
    const before = run.before?.cost;
    const nano = ((before?.nano ?? 0) + costNano) as NanoUsd;
    // The source of a sum is the less reliable of its parts' sources.
    const source = before?.source === 'estimate' ? 'estimate' : costSource;
    this.#change(run.answerId, { cost: { nano, source, leftNano } });
  }

  #route(decision: Decision, arm: Arm): AnswerRoute {
    const { engine, words } = this.#deps;
    return {
      decisionId: decision.id,
      armId: arm.id,
      label: arm.label,
      simulated: arm.simulated,
      reason: words.reason(decision, engine.arms()),
    };
  }

  /** Appends text that still waits to be joined to the continued answer. */
  #join(run: Run): void {
    const rest = run.seam?.end() ?? '';
    if (rest !== '') this.#append(run, rest, '');
  }

  /** Text that arrives after a stop is not shown, since the user ended the answer. */
  #append(run: Run, text: string, reasoning: string): void {
    if (this.#run !== run || (text === '' && reasoning === '')) return;
    if (run.text === '' && run.reasoning === '') this.#change(run.answerId, { state: 'streaming' });
    run.text += text;
    run.reasoning += reasoning;
    this.#emit({ type: 'append', answerId: run.answerId, text, reasoning });
    const now = this.#deps.now();
    if (now - run.savedAt < saveEveryMs) return;
    run.savedAt = now;
    this.#deps.save(this.conversation);
  }

  /** Moves the text so far into the reasoning. */
  #fold(run: Run): void {
    if (this.#run !== run) return;
    run.reasoning += run.text;
    run.text = '';
    // The turn is sent again with its texts, because incremental events can only append to an answer.
    this.#emit({ type: 'turn', turnId: run.turnId });
  }

  #incomplete(run: Run, reason: IncompleteReason | undefined): Partial<Answer> {
    if (reason === undefined) return {};
    const label = findAnswer(this.#conversation, run.answerId)?.answer.route?.label ?? '';
    return { incomplete: reason, notice: this.#deps.words.incomplete(label, reason) };
  }

  #fail(run: Run, problem: Problem): void {
    const cancelled = problem.kind === 'provider' && problem.error.kind === 'cancelled';
    if (cancelled) return this.#finish(run, { state: 'stopped' });
    const isCurrent = this.#run === run;
    const isCutOff = problem.kind === 'provider' && problem.partial && problem.error.kind !== 'too-large';
    const notice = this.#deps.words.problem(problem);
    this.#finish(run, { state: 'failed', notice, ...(isCutOff && { incomplete: 'cut-off' as const }) });
    if (isCurrent) this.#showFormer(run);
  }

  /** An error, or an attempt that was stopped at once, does not replace an earlier answer. */
  #showFormer({ turnId, answerId, former }: Run): void {
    const turn = this.#turn(turnId);
    const answer = former === undefined ? undefined : turn?.answers[former];
    if (former === undefined || !answer || !holdsText(answer)) return;
    if (turn?.answers[turn.shown]?.id === answerId) this.show(turnId, former);
  }

  #turn(turnId: string): Turn | undefined {
    return this.#conversation.turns.find(({ id }) => id === turnId);
  }

  /** The first end counts; a later event, such as the settled cost, only adds to it. */
  #finish(run: Run, end: Partial<Answer>): void {
    if (this.#run === run) {
      this.#join(run);
      this.#run = undefined;
      // An answer that still lacks its end can be continued again.
      const lacking = run.before && end.state !== 'done' ? { incomplete: run.before.incomplete } : {};
      const texts = { text: run.text, reasoning: run.reasoning };
      this.#change(run.answerId, { ...texts, stopKeeps: undefined, ...lacking, ...end });
    }
    this.#deps.save(this.conversation);
  }

  #change(answerId: string, change: Partial<Answer>): void {
    const found = findAnswer(this.#conversation, answerId);
    if (!found) return;
    this.#conversation = changeAnswer(this.#conversation, answerId, change);
    this.#emit({ type: 'answer', turnId: found.turn.id, answerId });
  }

  #emit(change: SessionChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #feedback(decisionId: DecisionId, kind: AskFeedback): void {
    this.#deps.engine.feedback(decisionId, kind).catch((error: unknown) => {
      this.#deps.log.error('Feedback was not learnt', error);
    });
  }
}
