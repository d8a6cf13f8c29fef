import assert from 'node:assert/strict';
import type { CompletionOrder } from '../../../../src/app/call/routedCompletion.ts';
import { chatCall } from '../../../../src/app/call/call.ts';
import { ConversationMemory } from '../../../../src/app/call/conversationMemory.ts';
import type { ArmEvidence, Context } from '../../../../src/core/decision.ts';
import { askOrder, collect, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';

const price = { inputUsdPerMTok: 1, cachedInputUsdPerMTok: 0.1, outputUsdPerMTok: 10 };
const common = { price, contextTokens: 64_000, maxOutputTokens: 1_000 };
const key = 'test-secret-key-000111222';

/** Long enough to be cached, and equal each time. */
const files = 'const value = compute(input, options);\n'.repeat(400);
const asked = (turns: number): CompletionOrder['call'] =>
  chatCall({
    messages: Array.from({ length: turns }, (_, i) => [
      { role: 'user' as const, content: i === 0 ? `${files}What is this?` : `And ${i}?` },
      ...(i < turns - 1 ? [{ role: 'assistant' as const, content: 'An answer.' }] : []),
    ]).flat(),
    outputCap: 200,
  });

describe('the memory of conversations', () => {
  let server: ModelServer;
  let engine: TestEngine;

  beforeEach(async () => {
    const models = ['small', 'large'];
    server = await startModelServer({ models: models.map((id) => ({ id, ...common })), key });
    engine = await testEngine({
      endpoints: [{ id: 'openai', preset: 'openai', baseUrl: server.url, outputCapField: 'max_tokens' }],
      models: models.map((model) => ({ endpoint: 'openai', model, ...common })),
      monthlyUsd: 5,
      key,
    });
  });

  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  const ask = async (change: Partial<CompletionOrder>): Promise<readonly ArmEvidence[]> => {
    const events = await collect(engine.completion.run(askOrder('What is this?', change)));
    const [routed] = events;
    assert.equal(events.at(-1)?.type, 'ended', JSON.stringify(events.at(-1)));
    assert.ok(routed?.type === 'routed');
    const { chosen, arms } = routed.decision;
    return arms.toSorted((a, b) => Number(b.armId === chosen) - Number(a.armId === chosen));
  };
  const keys = (): readonly unknown[] =>
    server.requests.map(({ body }) => (body as Record<string, unknown>)['prompt_cache_key']);

  it('sends one random key with all calls of a conversation, another with another’s, none without', async () => {
    await ask({ conversationId: 'c1' });
    await ask({ conversationId: 'c1' });
    await ask({ conversationId: 'c2' });
    await ask({ conversationId: undefined });
    const [first, second, other, none] = keys();
    assert.ok(typeof first === 'string' && first.length > 8);
    assert.equal(second, first);
    assert.ok(typeof other === 'string' && other !== first);
    assert.equal(none, undefined);
    assert.ok(!first.includes('c1'));
  });

  it('prices staying as a read of what was sent, and a switch as a whole write', async () => {
    await ask({ conversationId: 'c1', call: asked(1) });
    const [stayed, other] = await ask({ conversationId: 'c1', call: asked(2) });
    assert.ok(stayed && other);
    assert.ok((stayed.quote.cache?.cachedTokens ?? 0) > 1_000);
    assert.equal(other.quote.cache?.cachedTokens, 0);
    assert.ok(stayed.quote.expected < 0.7 * other.quote.expected);
    // The reservation does not change, since the cache may have expired.
    assert.equal(stayed.quote.worstCase, other.quote.worstCase);
    const [elsewhere] = await ask({ conversationId: 'c2', call: asked(2) });
    assert.equal(elsewhere?.quote.cache?.cachedTokens, 0);
  });

  it('chooses for the whole rest of a conversation, not for one question in its midst', () => {
    const memory = new ConversationMemory(engine.policy, () => 'k');
    const [arm] = engine.arms();
    assert.ok(arm);
    const about = (x: number): Context => ({
      spaceId: 's',
      x: Float64Array.of(1, x),
      coarse: { task: 'question', language: '', lengthBucket: 6, turn: 0 },
    });
    const tokens = { input: 10, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 };
    const answer = (x: number): void =>
      memory.answered('c', arm, { at: 0, bytes: 40, tokens, context: about(x) });
    assert.deepEqual(memory.restOf('c', about(3)).x, Float64Array.of(1, 3));
    answer(0);
    // The mean of two questions is 1.5, and two calls more are expected after this one.
    assert.deepEqual(memory.restOf('c', about(3)).x, Float64Array.of(1, 2));
    for (let i = 0; i < 19; i++) answer(0);
    assert.ok((memory.restOf('c', about(3)).x[1] ?? 3) < 0.3);
    assert.deepEqual(memory.restOf('other', about(3)).x, Float64Array.of(1, 3));
    // What was learned about another space says nothing here.
    assert.deepEqual(memory.restOf('c', { ...about(3), spaceId: 'next' }).x, Float64Array.of(1, 3));
  });

  it('learns the cache’s life from what usage reports, and keeps it with the workspace', async () => {
    await ask({ conversationId: 'c1', call: asked(1) });
    await ask({ conversationId: 'c1', call: asked(2) });
    const { cacheBeliefs } = engine.saved.state as { readonly cacheBeliefs: readonly unknown[] };
    assert.equal(cacheBeliefs.length, 1);
    engine.policy.forget();
    const { cacheBeliefs: forgotten } = engine.saved.state as { readonly cacheBeliefs: readonly unknown[] };
    assert.deepEqual(forgotten, []);
  });
});
