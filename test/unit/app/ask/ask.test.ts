import assert from 'node:assert/strict';
import { AskSession, type AskFeedback, type SessionChange } from '../../../../src/app/ask/ask.ts';
import { assemble } from '../../../../src/app/ask/assemble.ts';
import {
  canContinue,
  emptyConversation,
  failedTry,
  shownAnswer,
  type Conversation,
} from '../../../../src/app/ask/conversations.ts';
import type { AskRequest } from '../../../../src/app/call/orders.ts';
import type { Problem } from '../../../../src/app/call/problem.ts';
import type { CompletionEvent } from '../../../../src/app/call/routedCompletion.ts';
import type { ProviderError } from '../../../../src/app/ports/models.ts';
import type { Arm } from '../../../../src/core/arm.ts';
import type { ArmId, DecisionId, NanoUsd } from '../../../../src/core/brand.ts';
import type { Decision } from '../../../../src/core/decision.ts';

const arm = (id: string): Arm => ({ id: id as ArmId, label: id.toUpperCase(), simulated: true }) as Arm;
const routed = (id = 'm', decision = 'd1'): CompletionEvent => ({
  type: 'routed',
  arm: arm(id),
  decision: { id: decision as DecisionId } as Decision,
});
const text = (piece: string): CompletionEvent => ({ type: 'text', text: piece });
const ended = (costNano = 5): CompletionEvent => ({
  type: 'ended',
  costNano: costNano as NanoUsd,
  costSource: 'reported',
  leftNano: 95 as NanoUsd,
  finish: 'stop',
  usage: undefined,
});
const failed = (problem: Problem): CompletionEvent => ({ type: 'failed', problem });

/** An engine under the test's control: each run waits for the test's events. */
class HandEngine {
  readonly requests: AskRequest[] = [];
  readonly feedbacks: (readonly [string, AskFeedback])[] = [];
  #queue: ((event: IteratorResult<CompletionEvent, undefined>) => void)[] = [];

  async *run(request: AskRequest): AsyncGenerator<CompletionEvent, void, undefined> {
    this.requests.push(request);
    for (;;) {
      const next = await new Promise<IteratorResult<CompletionEvent, undefined>>((resolve) =>
        this.#queue.push(resolve),
      );
      if (next.done === true) return;
      yield next.value;
    }
  }

  async give(...events: readonly CompletionEvent[]): Promise<void> {
    for (const value of events) await this.#resolve({ done: false, value });
  }

  async close(): Promise<void> {
    await this.#resolve({ done: true, value: undefined });
  }

  feedback(decisionId: DecisionId, kind: AskFeedback): Promise<void> {
    this.feedbacks.push([decisionId, kind]);
    return Promise.resolve();
  }

  preview = (): Promise<undefined> => Promise.resolve(undefined);
  holds = (): Promise<readonly []> => Promise.resolve([]);
  release = (): Promise<undefined> => Promise.resolve(undefined);
  onDidChange = (): { dispose: () => void } => ({ dispose: () => undefined });

  arms(): readonly Arm[] {
    return [arm('m'), arm('n')];
  }

  async #resolve(event: IteratorResult<CompletionEvent, undefined>): Promise<void> {
    const waiting = this.#queue.shift();
    assert.ok(waiting, 'somebody waits for the event');
    waiting(event);
    await settle();
  }
}

/** Runs everything that only waits for promises. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

function open(): {
  engine: HandEngine;
  session: AskSession;
  changes: SessionChange[];
  saved: Conversation[];
  errors: unknown[];
  ask: (question: string) => Promise<void>;
  clock: { now: number };
} {
  const engine = new HandEngine();
  const [changes, saved, errors]: [SessionChange[], Conversation[], unknown[]] = [[], [], []];
  const clock = { now: 1_000 };
  let ids = 0;
  const session = new AskSession(emptyConversation('c', 0), {
    engine,
    words: {
      reason: ({ id }) => `because ${id}`,
      problem: ({ kind }) => ({ text: kind, ways: [{ label: 'On', command: 'pilot.on' }] }),
      incomplete: (label, reason) => ({ text: `${label}: ${reason}`, ways: [] }),
    },
    log: { info: () => undefined, warn: () => undefined, error: (_, error) => errors.push(error) },
    newId: () => `id${++ids}`,
    now: () => clock.now,
    save: (conversation) => saved.push(conversation),
  });
  session.onDidChange((change) => changes.push(change));
  const ask = (question: string): Promise<void> => {
    void session.ask(assemble(session.conversation, question, []), { type: 'auto' });
    return settle();
  };
  return { engine, session, changes, saved, errors, ask, clock };
}

const answerOf = (session: AskSession, turn = -1) => shownAnswer(session.conversation.turns.at(turn)!)!;

describe('AskSession', () => {
  it('streams an answer: waiting, streaming, done, with its cost', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    assert.equal(answerOf(session).state, 'waiting');
    await engine.give(routed());
    assert.equal(answerOf(session).route?.reason, 'because d1');
    await engine.give(text('Be'), text('cause'));
    assert.deepEqual([answerOf(session).state, answerOf(session).text], ['streaming', 'Because']);
    await engine.give(ended());
    await engine.close();
    const { state, text: all, cost } = answerOf(session);
    assert.deepEqual([state, all, cost?.nano, cost?.leftNano], ['done', 'Because', 5, 95]);
    assert.equal(session.running, false);
  });

  it('sends exactly what was prepared', () => {
    const { engine, session } = open();
    const prepared = assemble(session.conversation, 'Why?', []);
    void session.ask(prepared, { type: 'arm', armId: 'n' as ArmId });
    assert.equal(engine.requests[0]?.messages, prepared.messages);
    assert.deepEqual(engine.requests[0].choice, { type: 'arm', armId: 'n' });
    assert.equal(engine.requests[0].conversationId, 'c');
  });

  it('stops at once, keeps what came, and takes the cost when it is settled', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed(), text('Be'));
    session.stop();
    assert.deepEqual([answerOf(session).state, session.running], ['stopped', false]);
    assert.equal(engine.requests[0]?.signal.aborted, true);
    await engine.give(text('late'), ended(7));
    assert.deepEqual([answerOf(session).text, answerOf(session).state], ['Be', 'stopped']);
    assert.equal(answerOf(session).cost?.nano, 7);
  });

  it('says once what a stop would keep reserved, and stops at the second word', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed(), text('Be'));
    engine.requests[0]?.onRunning?.(() => ({ kind: 'keeps', reserved: 2_430_000_000 as NanoUsd }));
    session.stop();
    assert.deepEqual([answerOf(session).state, session.running], ['streaming', true]);
    assert.equal(answerOf(session).stopKeeps, 2_430_000_000);
    assert.equal(engine.requests[0]?.signal.aborted, false);
    await engine.give(text('cause'));
    session.stop();
    assert.equal(engine.requests[0].signal.aborted, true);
    const { state, stopKeeps, text: kept } = answerOf(session);
    assert.deepEqual([state, stopKeeps, kept], ['stopped', undefined, 'Because']);
  });

  it('stops at the first word where the stop keeps nothing more, or the answer has come near its end since', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed(), text('Be'));
    let kind: 'keeps' | 'runs-out' = 'keeps';
    engine.requests[0]?.onRunning?.(() => (kind === 'keeps' ? { kind, reserved: 5 as NanoUsd } : { kind }));
    kind = 'runs-out';
    session.stop();
    assert.equal(answerOf(session).state, 'stopped');
    // It is read to its end unseen; its cost is reported when it is known, and nothing is lost until then.
    assert.equal(session.isSettled, false);
    await engine.give(text('cause'), ended(9));
    await engine.close();
    assert.deepEqual([answerOf(session).text, answerOf(session).cost?.nano], ['Be', 9]);
    assert.equal(session.isSettled, true);
  });

  it('forgets what it said when the answer ends by itself, and asks nothing where a new question stops it', async () => {
    const { engine, session, ask } = open();
    await ask('One?');
    await engine.give(routed());
    engine.requests[0]?.onRunning?.(() => ({ kind: 'keeps', reserved: 5 as NanoUsd }));
    session.stop();
    await engine.give(text('Yes'), ended());
    assert.deepEqual([answerOf(session).state, answerOf(session).stopKeeps], ['done', undefined]);
    await ask('Two?');
    engine.requests[1]?.onRunning?.(() => ({ kind: 'keeps', reserved: 5 as NanoUsd }));
    await ask('Three?');
    assert.equal(engine.requests[1]?.signal.aborted, true);
  });

  it('lets a new question stop the answer that still runs', async () => {
    const { engine, session, ask } = open();
    await ask('One?');
    await ask('Two?');
    assert.equal(engine.requests[0]?.signal.aborted, true);
    assert.equal(answerOf(session, 0).state, 'stopped');
    assert.equal(session.running, true);
  });

  it('shows a failure as a sentence with ways on, and keeps what came', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed(), text('Be'), failed({ kind: 'no-limit' }));
    const { state, text: kept, notice } = answerOf(session);
    assert.deepEqual([state, kept, notice?.text, notice?.ways.length], ['failed', 'Be', 'no-limit', 1]);
  });

  it('takes a cancelled call for a stop, not for a failure', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    const error = {
      kind: 'cancelled',
      served: 'maybe',
      status: undefined,
      retryAfterMs: undefined,
      detail: '',
    } as const;
    await engine.give(failed({ kind: 'provider', arm: arm('m'), error, partial: false }));
    assert.deepEqual([answerOf(session).state, answerOf(session).notice], ['stopped', undefined]);
  });

  it('survives an engine that throws, and one that ends without an end', async () => {
    const broken = open();
    broken.engine.run = () => {
      throw new Error('boom');
    };
    await broken.ask('Why?');
    assert.equal(answerOf(broken.session).notice?.text, 'internal');
    assert.equal(broken.errors.length, 1);
    const silent = open();
    await silent.ask('Why?');
    await silent.engine.close();
    assert.equal(answerOf(silent.session).state, 'done');
  });

  it('rates, changes its mind, and takes it back, each told once', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed(), ended());
    const { id } = answerOf(session);
    for (const rating of ['up', 'up', 'down', 'none', 'none'] as const) session.rate(id, rating);
    assert.deepEqual(engine.feedbacks, [
      ['d1', 'thumb-up'],
      ['d1', 'thumb-down'],
      ['d1', 'cleared'],
    ]);
    session.rate('no such answer', 'up');
    session.used(id, 'copied');
    assert.deepEqual(engine.feedbacks.slice(3), [['d1', 'copied']]);
  });

  it('asks again beside the former answer, which learns that it did not satisfy', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed('m', 'd1'), text('Because'), ended());
    await engine.close();
    const turnId = session.conversation.turns[0]!.id;
    void session.askAgain(turnId, { type: 'escalate', not: session.triedArms(turnId) });
    await Promise.resolve();
    assert.deepEqual(engine.feedbacks, [['d1', 'escalated']]);
    assert.deepEqual(engine.requests[1]?.choice, { type: 'escalate', not: ['m'] });
    assert.deepEqual(engine.requests[1].messages, engine.requests[0]?.messages);
    const turn = session.conversation.turns[0]!;
    assert.deepEqual([turn.answers.length, turn.shown, turn.answers[0]?.text], [2, 1, 'Because']);
    session.show(turnId, 0);
    assert.equal(session.conversation.turns[0]?.shown, 0);
    session.show(turnId, 5);
    assert.equal(session.conversation.turns[0].shown, 0);
  });

  /** Answered once, with a better answer requested that has not arrived. */
  async function betterAskedFor(): Promise<ReturnType<typeof open> & { readonly turnId: string }> {
    const opened = open();
    await opened.ask('Why?');
    await opened.engine.give(routed('m', 'd1'), text('Because'), ended());
    await opened.engine.close();
    const turnId = opened.session.conversation.turns[0]!.id;
    void opened.session.askAgain(turnId, { type: 'escalate', not: ['m' as ArmId], to: 'n' as ArmId });
    await settle();
    return { ...opened, turnId };
  }
  const sentNext = (session: AskSession): string[] =>
    assemble(session.conversation, 'And then?', []).messages.map(({ content }) => content);

  for (const partial of ['', 'A start'])
    it(`keeps the answer where a better one fails after "${partial}"`, async () => {
      const { engine, session, turnId } = await betterAskedFor();
      await engine.give(routed('n', 'd2'), ...(partial === '' ? [] : [text(partial)]));
      await engine.give(failed({ kind: 'ledger-busy' }));
      const turn = session.conversation.turns[0]!;
      assert.deepEqual([turn.answers.length, turn.shown], [2, 0]);
      assert.equal(failedTry(turn)?.notice?.text, 'ledger-busy', 'and says what happened');
      assert.deepEqual(sentNext(session).slice(1), ['Why?', 'Because', 'And then?']);
      assert.deepEqual(session.triedArms(turnId), partial === '' ? ['m'] : ['m', 'n']);
    });

  it('keeps the answer where a better one is stopped before its first word', async () => {
    const { engine, session } = await betterAskedFor();
    await engine.give(routed('n', 'd2'));
    session.stop();
    assert.equal(session.conversation.turns[0]?.shown, 0);
    assert.deepEqual(sentNext(session).slice(1), ['Why?', 'Because', 'And then?']);
  });

  it('shows what came of a better answer that was stopped later', async () => {
    const { engine, session } = await betterAskedFor();
    await engine.give(routed('n', 'd2'), text('Better'));
    session.stop();
    assert.deepEqual([session.conversation.turns[0]?.shown, answerOf(session).text], [1, 'Better']);
  });

  it('leaves the user at the answer that he turned back to, whatever the other one ends in', async () => {
    const { engine, session, turnId } = await betterAskedFor();
    await engine.give(routed('n', 'd2'), text('Better'));
    session.show(turnId, 0);
    await engine.give(ended());
    assert.equal(session.conversation.turns[0]?.shown, 0);
  });

  it('sends the turn along whichever answer is in front', async () => {
    const { engine, session, turnId } = await betterAskedFor();
    await engine.give(routed('n', 'd2'), failed({ kind: 'ledger-busy' }));
    session.show(turnId, 1);
    assert.equal(answerOf(session).text, '');
    assert.deepEqual(sentNext(session).slice(1), ['Why?', 'Because', 'And then?']);
  });

  it('learns nothing from a retry of an answer that failed', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed(), failed({ kind: 'ledger-busy' }));
    await engine.close();
    void session.askAgain(session.conversation.turns[0]!.id, { type: 'auto' });
    assert.deepEqual(engine.feedbacks, []);
  });

  for (const incomplete of ['length', 'content-filter'] as const) {
    it(`marks an answer that ended by ${incomplete}, with a sentence, and learns from it neither by thumb nor by retry`, async () => {
      const { engine, session, ask } = open();
      await ask('Why?');
      await engine.give(routed(), text('Half'), { ...ended(), incomplete } as CompletionEvent);
      await engine.close();
      const { state, text: kept, notice, id } = answerOf(session);
      assert.deepEqual([state, kept, notice?.text], ['done', 'Half', `M: ${incomplete}`]);
      session.rate(id, 'down');
      void session.askAgain(session.conversation.turns[0]!.id, { type: 'auto' });
      assert.deepEqual(engine.feedbacks, []);
    });
  }

  it('learns nothing from a thumb on half an answer that broke off', async () => {
    const { engine, session, ask } = open();
    await ask('Why?');
    await engine.give(routed(), text('Half'), failed({ kind: 'ledger-busy' }));
    session.rate(answerOf(session).id, 'down');
    assert.deepEqual([engine.feedbacks, answerOf(session).rating], [[], 'none']);
  });

  it('folds text away that turns out to have been reasoning', async () => {
    const { engine, session, ask, changes } = open();
    await ask('Why?');
    await engine.give(
      routed(),
      text('First I look'),
      { type: 'text-was-reasoning' },
      text('Because.'),
      ended(),
    );
    const { text: shown, reasoning } = answerOf(session);
    assert.deepEqual([shown, reasoning], ['Because.', 'First I look']);
    assert.ok(changes.filter(({ type }) => type === 'turn').length >= 2, 'the turn is shown anew');
  });

  it('saves what was asked at once, then seldom, then the end', async () => {
    const { engine, saved, ask, clock } = open();
    await ask('Why?');
    assert.equal(saved.length, 1);
    await engine.give(routed(), text('a'), text('b'));
    assert.equal(saved.length, 1);
    clock.now += 3_000;
    await engine.give(text('c'), text('d'));
    assert.deepEqual(
      saved.map((conversation) => conversation.turns[0]?.answers[0]?.text),
      ['', 'abc'],
    );
    await engine.give(ended());
    assert.equal(saved.at(-1)?.turns[0]?.answers[0]?.text, 'abcd');
  });

  it('tells what changed, in order', async () => {
    const { engine, changes, ask } = open();
    await ask('Why?');
    await engine.give(routed(), text('a'), ended());
    assert.deepEqual(
      changes.map(({ type }) => type),
      ['turn', 'answer', 'answer', 'append', 'answer', 'answer'],
    );
  });

  describe('continues an answer that ended at its cap', () => {
    const cutOff = (costNano = 5): CompletionEvent =>
      ({ ...ended(costNano), finish: 'length', incomplete: 'length' }) as CompletionEvent;

    async function cutAt(answer: string) {
      const opened = open();
      await opened.ask('Write it');
      await opened.engine.give(routed(), text(answer), cutOff());
      await opened.engine.close();
      return opened;
    }

    it('in place, from the same model, with what it has as the assistant’s, and adds the cost', async () => {
      const { engine, session } = await cutAt('Look:\n```ts\nconst first = 1;\nconst sec');
      const { id, incomplete, notice } = answerOf(session);
      assert.deepEqual([incomplete, notice?.text], ['length', 'M: length']);
      void session.continueAnswer(id);
      await settle();
      const request = engine.requests.at(-1)!;
      assert.deepEqual(request.choice, { type: 'arm', armId: 'm' });
      assert.equal(request.continues, true);
      assert.deepEqual(request.messages.at(-2), {
        role: 'assistant',
        content: 'Look:\n```ts\nconst first = 1;\nconst sec',
      });
      assert.equal(answerOf(session).state, 'streaming');
      await engine.give(
        routed('m', 'd2'),
        text('```ts\nconst first = 1;\ncon'),
        text('st second = 2;\n```\n'),
        ended(7),
      );
      await engine.close();
      const answer = answerOf(session);
      assert.equal(answer.text, 'Look:\n```ts\nconst first = 1;\nconst second = 2;\n```\n');
      assert.deepEqual([answer.id, answer.state, answer.cost?.nano], [id, 'done', 12]);
      assert.deepEqual([answer.incomplete, answer.notice], [undefined, undefined]);
      assert.equal(answer.route?.decisionId, 'd1', 'a thumb is about the answer');
      assert.equal(session.conversation.turns[0]!.answers.length, 1);
    });

    it('whose connection was lost, too; not one that a filter stopped, or that failed before a word', async () => {
      const lost = (partial: boolean): CompletionEvent => {
        const error = { kind: 'reset', served: 'maybe', status: undefined } as ProviderError;
        return failed({ kind: 'provider', arm: arm('m'), error, partial });
      };
      const { engine, session, ask } = open();
      await ask('Write it');
      await engine.give(routed(), text('One two'), lost(true));
      await engine.close();
      const { id, state, incomplete } = answerOf(session);
      assert.deepEqual([state, incomplete], ['failed', 'cut-off']);
      void session.continueAnswer(id);
      await settle();
      await engine.give(routed('m', 'd2'), lost(false));
      await engine.close();
      assert.deepEqual([answerOf(session).text, answerOf(session).incomplete], ['One two', 'cut-off']);
      void session.continueAnswer(id);
      await settle();
      await engine.give(routed('m', 'd3'), text(' three'), ended());
      await engine.close();
      assert.deepEqual([answerOf(session).text, answerOf(session).state], ['One two three', 'done']);
      assert.deepEqual([answerOf(session).incomplete, answerOf(session).notice], [undefined, undefined]);
      await ask('And now?');
      await engine.give(routed('m', 'd4'), lost(false));
      assert.equal(canContinue(answerOf(session, 1)), false);
      assert.equal(canContinue({ ...answerOf(session), incomplete: 'content-filter' }), false);
    });

    it('again, when it was cut again or stopped, and not when it is whole', async () => {
      const { engine, session } = await cutAt('One two');
      const { id } = answerOf(session);
      void session.continueAnswer(id);
      await settle();
      await engine.give(routed('m', 'd2'), text(' three'), cutOff());
      await engine.close();
      assert.deepEqual([answerOf(session).text, answerOf(session).incomplete], ['One two three', 'length']);
      void session.continueAnswer(id);
      await settle();
      await engine.give(routed('m', 'd3'), text(' four'));
      session.stop();
      assert.deepEqual([answerOf(session).text, answerOf(session).state], ['One two three four', 'stopped']);
      assert.equal(answerOf(session).incomplete, 'length');
      await engine.close();
      void session.continueAnswer(id);
      await settle();
      await engine.give(routed('m', 'd4'), text(' five'), ended());
      await engine.close();
      const requests = engine.requests.length;
      await session.continueAnswer(id);
      assert.equal(engine.requests.length, requests);
    });
  });
});
