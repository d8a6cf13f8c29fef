/** The hold of a stopped answer, through the real client and ledger, against an endpoint that keeps its own bill. */
import assert from 'node:assert/strict';
import { chatCall } from '../../../../src/app/call/call.ts';
import type { CompletionEvent, CompletionOrder } from '../../../../src/app/call/routedCompletion.ts';
import { decodeWorkspaceState } from '../../../../src/app/call/workspaceState.ts';
import {
  askOrder,
  collect,
  testEngine,
  type TestEngine,
  type TestEngineOptions,
} from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';

const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 10 };
const common = { price, contextTokens: 100_000, maxOutputTokens: 50_000 };
const START = new Date(2026, 10, 11, 12).getTime();

describe('a stopped answer', () => {
  let server: ModelServer;
  let engine: TestEngine;
  let now = START;
  let steady = 0;

  async function start(stopsWhenClosed: boolean | undefined, tokenMs?: number): Promise<void> {
    now = START;
    steady = 0;
    const answer = (): string => 'one two three four '.repeat(40);
    const pace = tokenMs === undefined ? {} : { pace: { firstTokenMs: 20, tokenMs } };
    server = await startModelServer({ models: [{ id: 'model', ...common, answer, ...pace }] });
    const endpoint = { id: 'fake', preset: 'custom', baseUrl: server.url, outputCapCoversReasoning: true };
    const clocks: Partial<TestEngineOptions> =
      // Without a pace each output follows the last one after 10 ms on any machine.
      tokenMs === undefined ? { now: () => now, elapsed: () => (steady += 10) } : {};
    engine = await testEngine({
      endpoints: [{ ...endpoint, ...(stopsWhenClosed !== undefined && { stopsWhenClosed }) }],
      models: [{ endpoint: 'fake', model: 'model', ...common }],
      monthlyUsd: 100,
      ...clocks,
    });
  }

  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  const question = 'Explain this, please.';
  const order = (change: Partial<CompletionOrder> = {}): CompletionOrder =>
    askOrder(question, {
      call: chatCall({ messages: [{ role: 'user', content: question }], outputCap: 40_000 }),
      ...change,
    });

  /** Asks, and stops after this many outputs; `meanwhile` runs just before. */
  async function stopAfter(
    outputs: number,
    meanwhile: () => void = () => undefined,
  ): Promise<CompletionEvent[]> {
    const abort = new AbortController();
    const events: CompletionEvent[] = [];
    for await (const event of engine.completion.run(order({ signal: abort.signal }))) {
      events.push(event);
      if (events.filter(({ type }) => type === 'text').length !== outputs) continue;
      meanwhile();
      abort.abort();
      // A second stop has no effect.
      abort.abort();
    }
    await server.idle();
    return events;
  }

  const learnPace = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await collect(engine.completion.run(order()));
  };
  const lastEntry = async () => {
    const [entry] = (await engine.store.usage.entries(0, 100)).slice(-1);
    assert.ok(entry);
    const billed = server.requests.at(-1)?.billedNanoUsd ?? 0;
    return { ...entry, billed, counted: entry.cost + entry.heldBack };
  };

  it('holds what can have been made, where closing the connection ends the work', async () => {
    await start(true);
    await learnPace();
    await stopAfter(20);
    const { counted, worstCase, heldBack, billed } = await lastEntry();
    // A hundred a second (120 at most), doubled, for slightly more than five seconds: about 1,200 tokens of 10,000
    // nano-USD.
    assert.ok(heldBack > 1_000 * 10_000 && heldBack < 1_400 * 10_000, String(heldBack));
    assert.ok(counted < worstCase / 20);
    assert.ok(counted >= billed);
  });

  it('counts no less than a provider bills that goes on for its grace', async () => {
    await start(true, 4);
    await collect(engine.completion.run(order()));
    server.next({ kind: 'serves-on-after-close', forMs: 250 });
    await stopAfter(10);
    const { counted, worstCase, billed } = await lastEntry();
    assert.ok(billed > 10 * 10_000, 'it went on');
    assert.ok(counted >= billed, `${counted} < ${billed}`);
    assert.ok(counted < worstCase / 2);
  });

  it('keeps the whole reservation where nothing is known of the endpoint', async () => {
    await start(undefined);
    await learnPace();
    await stopAfter(20);
    const { counted, worstCase } = await lastEntry();
    assert.equal(counted, worstCase);
  });

  it('keeps the whole reservation of a connection that broke by itself', async () => {
    await start(true);
    await learnPace();
    server.next({ kind: 'reset-mid-stream', afterTokens: 5 });
    await collect(engine.completion.run(order()));
    const { counted, worstCase } = await lastEntry();
    assert.equal(counted, worstCase);
  });

  it('keeps all that the cap allows of a model with unknown speed', async () => {
    await start(true);
    await stopAfter(5);
    const { counted, worstCase } = await lastEntry();
    // Its bytes are a certain bound on the input; it is counted at the most of any tokenizer.
    assert.ok(counted <= worstCase && counted >= 40_000 * 10_000, String(counted));
  });

  it('is bounded before its first byte too', async () => {
    await start(true);
    await learnPace();
    const abort = new AbortController();
    server.next({ kind: 'silent-before-headers' });
    const ended = collect(engine.completion.run(order({ signal: abort.signal })));
    while (server.requests.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await ended;
    const { counted, worstCase, heldBack } = await lastEntry();
    assert.ok(heldBack > 1_000 * 10_000, 'it may have begun');
    assert.ok(counted < worstCase / 20);
  });

  it('owes nothing more after its last byte, and is settled once', async () => {
    await start(true);
    const abort = new AbortController();
    await collect(engine.completion.run(order({ signal: abort.signal })));
    abort.abort();
    await server.idle();
    const { cost, heldBack, billed } = await lastEntry();
    assert.deepEqual([cost, heldBack], [billed, 0]);
    await stopAfter(3);
    assert.equal((await engine.store.usage.entries(0, 100)).length, 2);
    assert.ok(!engine.lines.some((line) => line.includes('was not settled')));
  });

  it('holds no less after a clock that was set back, and everything after one that was set forward a day', async () => {
    await start(true);
    await learnPace();
    await stopAfter(20);
    const steadily = await lastEntry();
    await stopAfter(20, () => (now -= 3_600_000));
    const back = await lastEntry();
    assert.ok(back.heldBack >= 0.95 * steadily.heldBack && back.heldBack <= 1.05 * steadily.heldBack);
    await stopAfter(20, () => (now += 86_400_000));
    const forward = await lastEntry();
    assert.ok(forward.counted >= 40_000 * 10_000, 'a day at any speed is more than the cap');
  });

  it('knows the pace again after a restart', async () => {
    await start(true);
    await learnPace();
    const paces = decodeWorkspaceState(engine.saved.state)?.paces;
    assert.match(JSON.stringify(paces), /^\[\["fake\/model",\[\[\d+/);
  });
});
