/**
 * Bills looked up afterwards, through the real parts: a canceled answer leaves a hold, the endpoint's record of it
 * arrives late, never, or is invalid, and only that endpoint is asked.
 */
import assert from 'node:assert/strict';
import { NOON } from '../../../fakes/clock.ts';
import { askOrder, collect, scratchFolder, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';
import { rmSync } from 'node:fs';

const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 10 };
const model = { price, contextTokens: 8_000, maxOutputTokens: 1_000 };
const key = 'test-secret-key-000111222';

describe('reconciliation of holds', () => {
  let server: ModelServer;
  let other: ModelServer;
  let engine: TestEngine;
  let now: number;
  const folder = scratchFolder();

  const open = (
    preset = 'openrouter',
    models: readonly unknown[] = [{ endpoint: 'fake', model: 'm', ...model }],
  ) =>
    testEngine({
      endpoints: [
        { id: 'fake', preset, baseUrl: server.url, outputCapCoversReasoning: true },
        { id: 'other', preset: 'openrouter', baseUrl: other.url },
      ],
      models,
      monthlyUsd: 1,
      key,
      folder,
      now: () => now,
    });

  beforeEach(async () => {
    now = NOON;
    server = await startModelServer({
      models: [{ id: 'm', ...model }],
      key,
      reportsCost: true,
      logsSpend: true,
    });
    other = await startModelServer({ models: [{ id: 'm', ...model }], reportsCost: true });
    engine = await open();
  });
  afterEach(async () => {
    await engine.close();
    await server.close();
    await other.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The user stops it at the first text. */
  async function cancelled(): Promise<void> {
    server.next({ kind: 'slow', tokenMs: 20 });
    const abort = new AbortController();
    for await (const event of engine.completion.run(askOrder('Count to ten.', { signal: abort.signal }))) {
      if (event.type === 'text') abort.abort();
    }
    await server.idle();
    assert.ok(spent().heldBack > 0, 'the rest is held');
  }
  const spent = () => {
    const { settled, reserved, heldBack } = engine.store.ledger.summary();
    return { settled, reserved, heldBack };
  };
  const asked = (of: ModelServer = server): readonly string[] =>
    of.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
  async function passAfter(ms: number): Promise<void> {
    now += ms;
    await engine.reconciliation.pass();
  }
  const billed = () => ({ settled: server.billedNanoUsd, reserved: 0, heldBack: 0 });

  it('ends the hold of a cancelled answer with what the endpoint billed', async () => {
    await cancelled();
    await passAfter(1_000);
    assert.deepEqual(asked(), [], 'not before the record can be there');
    await passAfter(1_000);
    assert.deepEqual(spent(), billed());
    const [entry] = await engine.store.usage.entries(0, 1);
    assert.equal(entry?.source, 'reported');
    assert.deepEqual(asked(), [`/v1/generation?id=${server.requests[0]?.id}`]);
    await passAfter(100_000_000);
    assert.equal(asked().length, 1, 'asked once');
  });

  it('plans by itself: when something is held, and when a call is due again', async () => {
    // The usage of keys is read by a plan of its own.
    engine.keyUsage.dispose();
    await cancelled();
    assert.deepEqual(
      engine.waits.map(({ ms }) => ms),
      [2_000],
    );
    server.next({ kind: 'model-gone' });
    now += 2_000;
    engine.waits.shift()?.run();
    await engine.reconciliation.pass();
    assert.equal(asked().length, 1);
    assert.deepEqual(
      engine.waits.map(({ ms }) => ms),
      [10_000],
    );
  });

  it('has the id of an answer that its reader left', async () => {
    server.next({ kind: 'slow', tokenMs: 20 });
    for await (const event of engine.completion.run(askOrder('Count to ten.'))) {
      if (event.type === 'text') break;
    }
    await server.idle();
    assert.ok(spent().heldBack > 0);
    await passAfter(2_000);
    assert.deepEqual(spent(), billed());
  });

  it('has the id of an answer that was stopped before its first word', async () => {
    server.next({ kind: 'slow', firstTokenMs: 60_000, tokenMs: 0 });
    const abort = new AbortController();
    const running = collect(engine.completion.run(askOrder('Count.', { signal: abort.signal })));
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The headers are still in transit; a hold without their id stays.
    await new Promise((resolve) => setTimeout(resolve, 100));
    abort.abort();
    await running;
    await server.idle();
    assert.ok(spent().heldBack > 0);
    await passAfter(2_000);
    assert.deepEqual(spent(), billed());
  });

  it('asks again with growing pauses while the record is not there, and takes it when it is', async () => {
    await cancelled();
    const before = spent();
    server.next({ kind: 'model-gone' }, { kind: 'server-error', status: 503 }, { kind: 'rate-limited' });
    await passAfter(2_000);
    await passAfter(9_000);
    assert.equal(asked().length, 1, 'not before it is due');
    await passAfter(1_000);
    await passAfter(60_000);
    assert.equal(asked().length, 3);
    assert.deepEqual(spent(), before);
    await passAfter(600_000);
    assert.deepEqual(spent(), billed());
  });

  it('keeps the hold when the record makes no sense', async () => {
    await cancelled();
    const before = spent();
    const data = {
      id: server.requests[0]?.id,
      total_cost: 0.000_01,
      tokens_prompt: 9,
      tokens_completion: 900,
    };
    const bodies = [
      { data: { ...data, id: 'of-another-call' } },
      { data: { ...data, total_cost: -1 } },
      { data: { ...data, total_cost: '0' } },
      { data: { ...data, tokens_completion: null } },
      [],
    ];
    server.next({ kind: 'html', status: 200 }, ...bodies.map((body) => ({ kind: 'reply', body }) as const));
    for (const pause of [2, 10, 60, 600, 3_600, 21_600]) await passAfter(pause * 1_000);
    assert.equal(asked().length, 6);
    assert.deepEqual(spent(), before);
    server.next({ kind: 'reply', body: { data } });
    await passAfter(86_400_000);
    assert.deepEqual(spent(), { settled: 10_000, reserved: 0, heldBack: 0 }, 'the same with sense is taken');
  });

  it('takes no bill for less than was received', async () => {
    await cancelled();
    const before = spent();
    const data = { id: server.requests[0]?.id, total_cost: 0, tokens_prompt: 9, tokens_completion: 0 };
    server.next({ kind: 'reply', body: { data } });
    await passAfter(2_000);
    assert.deepEqual(spent(), before);
    assert.equal((await engine.store.usage.holds())[0]?.note, 'below-visible');
  });

  it('goes on after a restart', async () => {
    await cancelled();
    server.next({ kind: 'model-gone' });
    await passAfter(2_000);
    await engine.close();
    engine = await open();
    await engine.reconciliation.pass();
    assert.equal(asked().length, 1, 'the pause outlives the restart');
    await passAfter(10_000);
    assert.deepEqual(spent(), billed());
  });

  it('asks the endpoint of the call with its key, follows no redirect, and asks no other endpoint', async () => {
    await cancelled();
    const before = spent();
    server.next({ kind: 'redirect', location: `${other.url}/generation?id=${server.requests[0]?.id}` });
    await passAfter(2_000);
    assert.equal(asked().length, 1);
    assert.equal(server.requests.at(-1)?.headers['authorization'], `Bearer ${key}`);
    assert.deepEqual(other.requests, []);
    assert.deepEqual(spent(), before);
  });

  it('does not go on asking an endpoint that shows this key no bills', async () => {
    await cancelled();
    server.next({ kind: 'forbidden' });
    await passAfter(2_000);
    for (const pause of [10_000, 60_000, 600_000]) await passAfter(pause);
    assert.equal(asked().length, 1);
  });

  it('asks only endpoints that can tell', async () => {
    await engine.close();
    engine = await open('custom');
    await cancelled();
    await passAfter(2_000);
    assert.deepEqual(asked(), []);
  });

  it('reads the spend log of LiteLLM', async () => {
    await engine.close();
    engine = await open('litellm');
    await cancelled();
    await passAfter(2_000);
    assert.deepEqual(asked(), [`/spend/logs?request_id=${server.requests[0]?.id}`]);
    assert.deepEqual(spent(), billed());
  });

  it('blocks no prompt while it looks a record up', async () => {
    await cancelled();
    server.next({ kind: 'silent-before-headers' });
    now += 2_000;
    const pass = engine.reconciliation.pass();
    while (asked().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await collect(engine.completion.run(askOrder('And now?')))).at(-1)?.type, 'ended');
    await server.close();
    await pass;
  });
});
