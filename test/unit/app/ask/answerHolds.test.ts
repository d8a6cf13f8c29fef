/** The amount reserved for an answer, from the real ledger to the text under it and back. */
import assert from 'node:assert/strict';
import { AnswerHolds } from '../../../../src/app/ask/answerHolds.ts';
import { AskSession, type AskEngine } from '../../../../src/app/ask/ask.ts';
import type { CompletionEvent } from '../../../../src/app/call/routedCompletion.ts';
import { assemble } from '../../../../src/app/ask/assemble.ts';
import { chatCall } from '../../../../src/app/call/call.ts';
import { decodeConversation, encodeConversation } from '../../../../src/app/ask/conversationCodec.ts';
import { emptyConversation, shownAnswer, type Answer } from '../../../../src/app/ask/conversations.ts';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { reservedOf, standingOf } from '../../../../src/core/money/available.ts';
import { parseFromWebview } from '../../../../src/protocol/ask.ts';
import { askOrder, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';

const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 10 };
const model = { price, contextTokens: 100_000, maxOutputTokens: 50_000 };
const limit = 100e9 as NanoUsd;

describe('what is reserved for an answer', () => {
  let server: ModelServer;
  let engine: TestEngine;
  let session: AskSession;
  let holds: AnswerHolds;
  let userSaysYes: boolean;
  let asked: number;
  /** Tokens. */
  let cap: number;

  beforeEach(async () => {
    [userSaysYes, asked, cap] = [true, 0, 200];
    server = await startModelServer({ models: [{ id: 'model', ...model, answer: () => 'one two three' }] });
    engine = await testEngine({
      endpoints: [{ id: 'fake', preset: 'custom', baseUrl: server.url, outputCapCoversReasoning: true }],
      models: [{ endpoint: 'fake', model: 'model', ...model }],
      monthlyUsd: 100,
    });
    const ask = engineOf(engine);
    let ids = 0;
    session = new AskSession(emptyConversation('c', 0), {
      engine: ask,
      words: {
        reason: () => 'because',
        problem: ({ kind }) => ({ text: kind, ways: [] }),
        incomplete: (label, reason) => ({ text: `${label}: ${reason}`, ways: [] }),
      },
      log: { info: () => undefined, warn: () => undefined, error: (_, error) => assert.fail(String(error)) },
      newId: () => `id${++ids}`,
      now: () => 1_000,
      save: () => undefined,
    });
    holds = new AnswerHolds(ask);
  });

  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  /** Ask's connection to the engine without VS Code: the test answers the question to the user. */
  function engineOf({ completion, store }: TestEngine): AskEngine {
    return {
      async *run({ choice, signal, messages }): AsyncGenerator<CompletionEvent, void, undefined> {
        const call = chatCall({ messages, outputCap: cap });
        const last = messages.at(-1)?.content;
        const question = typeof last === 'string' ? last : '';
        yield* completion.run(askOrder(question, { call, choice, signal }));
      },
      preview: () => Promise.resolve(undefined),
      onDidChange: (listener) => store.ledger.onDidChange(listener),
      feedback: () => Promise.resolve(),
      arms: () => engine.arms(),
      holds: () => {
        asked += 1;
        return store.usage.holds();
      },
      release: async (callIds) => {
        if (!userSaysYes) return undefined;
        let freed = 0;
        for (const id of callIds) {
          const released = await store.ledger.releaseHold(id, 'released by the user');
          assert.ok(released.ok);
          freed += released.value;
        }
        return { freed: freed as NanoUsd, leftNano: standing().available };
      },
    };
  }

  const standing = () => standingOf(engine.store.ledger.summary(), limit);
  const refresh = (): Promise<void> => holds.refresh(() => session);
  const answers = (): readonly Answer[] => session.conversation.turns.map((turn) => shownAnswer(turn)!);
  const ask = (question: string): Promise<void> =>
    session.ask(assemble(session.conversation, question, []), { type: 'auto' });

  async function askWithoutBill(question: string): Promise<void> {
    server.next({ kind: 'no-usage' });
    await ask(question);
  }

  it('stands under the answer without a bill, and under no other', async () => {
    await ask('First?');
    await askWithoutBill('Second?');
    await refresh();
    const [billed, unbilled] = answers();
    const [hold] = await engine.store.usage.holds();
    assert.equal(billed?.reserved, undefined);
    assert.ok(hold);
    assert.equal(unbilled?.reserved, reservedOf(hold));
    assert.equal(unbilled.reserved, standing().reserved);
  });

  it('is not looked for where every bill is known', async () => {
    await ask('First?');
    await refresh();
    assert.equal(asked, 0);
  });

  it('is released for the one answer, which says so and what is available since', async () => {
    await askWithoutBill('First?');
    await askWithoutBill('Second?');
    await refresh();
    const [first, second] = answers();
    const before = standing().reserved;
    const availableBefore = standing().available ?? 0;
    await holds.release(session, second!.id);
    const [kept, released] = answers();
    assert.equal(kept?.reserved, first!.reserved);
    assert.equal(standing().reserved, before - second!.reserved!, 'the first one’s stays');
    assert.equal(released?.reserved, undefined);
    assert.ok((released?.released ?? 0) > 0);
    assert.equal(released?.cost?.leftNano, availableBefore + released!.released!);
    await refresh();
    assert.equal(answers()[1]?.released, released.released, 'a later look does not take the word back');
  });

  it('stays where the user declines', async () => {
    await askWithoutBill('First?');
    await refresh();
    const [before] = answers();
    userSaysYes = false;
    await holds.release(session, before!.id);
    assert.deepEqual(answers()[0], before);
    assert.equal(standing().reserved, before!.reserved);
  });

  it('goes away when it was released elsewhere, without a word of the user here', async () => {
    await askWithoutBill('First?');
    await refresh();
    await engine.store.ledger.releaseHold('all', 'released by the user');
    await refresh();
    assert.deepEqual([answers()[0]?.reserved, answers()[0]?.released], [undefined, undefined]);
  });

  it('counts an answer’s continuation with it, over a restart too', async () => {
    cap = 2;
    await askWithoutBill('First?');
    await refresh();
    const alone = answers()[0]!.reserved!;
    session.tellHolds([]);
    await continueFirst();
    await refresh();
    const both = answers()[0]!;
    assert.ok(both.reserved! > alone);
    const stored = decodeConversation(encodeConversation(session.conversation));
    assert.ok(stored.ok);
    const [again] = stored.value.turns.map((turn) => shownAnswer(turn)!);
    assert.deepEqual([again?.calls, again?.reserved], [both.calls, undefined]);
    await holds.release(session, both.id);
    assert.deepEqual(await engine.store.usage.holds(), []);
    assert.equal(standing().reserved, 0);
  });

  async function continueFirst(): Promise<void> {
    server.next({ kind: 'no-usage' });
    await session.continueAnswer(answers()[0]!.id);
  }

  it('tells the listeners only when its words change', async () => {
    await askWithoutBill('First?');
    await refresh();
    let told = 0;
    session.onDidChange(() => (told += 1));
    await refresh();
    assert.equal(told, 0);
  });

  it('looks once more when the ledger changed meanwhile', async () => {
    await askWithoutBill('First?');
    await Promise.all([refresh(), refresh(), refresh()]);
    assert.ok(asked <= 2, `asked ${asked} times`);
    assert.ok(answers()[0]?.reserved);
  });
});

describe('the message that releases', () => {
  it('names an answer and nothing else', () => {
    const message = { type: 'release', answerId: 'a' };
    assert.deepEqual(parseFromWebview(message), message);
    for (const bad of [
      { type: 'release' },
      { type: 'release', answerId: 1 },
      { type: 'release', answerId: 'a'.repeat(101) },
    ])
      assert.equal(parseFromWebview(bad), undefined);
  });
});
