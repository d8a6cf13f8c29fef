/** Ten answers of a very expensive and unknown model, stopped: the month keeps its money. */
import assert from 'node:assert/strict';
import { chatCall } from '../../../../src/app/call/call.ts';
import { askOrder, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';
import { seeded } from '../../../fakes/random.ts';

const size = {
  price: { inputUsdPerMTok: 15, outputUsdPerMTok: 75 },
  contextTokens: 200_000,
  maxOutputTokens: 32_000,
};
const instructions = 'You are a careful assistant. '.repeat(12);
const START = new Date(2026, 10, 11, 12).getTime();

describe('ten answers stopped before a speed is known', () => {
  let server: ModelServer;
  let engine: TestEngine;

  async function start(maxOutputTokens: number): Promise<void> {
    const answer = (): string => 'one two three four '.repeat(400);
    server = await startModelServer({ models: [{ id: 'sage', ...size, answer }] });
    const endpoint = { id: 'fake', preset: 'custom', baseUrl: server.url };
    // Each output follows the last one after a millisecond: no answer lasts the half second that shows a speed.
    let steady = 0;
    engine = await testEngine({
      endpoints: [{ ...endpoint, outputCapCoversReasoning: true, stopsWhenClosed: true }],
      models: [
        { endpoint: 'fake', model: 'sage', ...size, maxOutputTokens, capabilities: { reasoning: false } },
      ],
      monthlyUsd: 5,
      now: () => START,
      elapsed: () => (steady += 1),
    });
  }

  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  async function stopAfter(pieces: number): Promise<void> {
    const abort = new AbortController();
    const question = 'Explain what a lighthouse is';
    const messages = [
      { role: 'system', content: instructions },
      { role: 'user', content: question },
    ] as const;
    const order = askOrder(question, {
      call: chatCall({ messages, purpose: 'answer' }),
      signal: abort.signal,
    });
    let seen = 0;
    for await (const event of engine.completion.run(order)) {
      if (event.type === 'failed') break;
      if (event.type === 'text') seen += 1;
      if (seen === pieces && server.requests.length > 0) abort.abort();
    }
    await server.idle();
  }

  it('reserve a tenth of the limit at most, however fast the model is, and count no less than it bills', async () => {
    await start(32_000);
    const random = seeded(5);
    for (let i = 0; i < 10; i++) {
      // As fast as the machine generates it, and for a while after the end.
      if (i % 2 === 0) server.next({ kind: 'serves-on-after-close', forMs: 100 });
      await stopAfter(1 + Math.floor(100 * random()));
    }
    const entries = await engine.store.usage.entries(0, 100);
    assert.equal(entries.length, 10);
    const counted = entries.map(({ cost, heldBack }) => cost + heldBack);
    assert.ok(counted.reduce((sum, one) => sum + one, 0) <= 0.5e9, String(counted));
    const billed = server.requests.map(({ billedNanoUsd }) => billedNanoUsd);
    assert.ok(Math.max(...billed) > 380 * 75_000, 'one of them was made to its cap');
    for (const [i, one] of counted.entries()) assert.ok(one >= (billed[i] ?? 0), `${one} < ${billed[i]}`);
  });

  it('leave a model its whole cap once three of its answers are known', async () => {
    await start(32_000);
    for (let i = 0; i < 3; i++) await stopAfter(-1);
    const caps = server.requests.map(({ body }) => (body as { max_tokens: number }).max_tokens);
    assert.ok(
      caps.every((cap) => cap >= 384 && cap <= 600),
      String(caps),
    );
    await stopAfter(-1);
    const { max_tokens: later } = server.requests.at(-1)?.body as { max_tokens: number };
    assert.ok(later > 1_000, String(later));
  });
});
