/**
 * One prompt's journey through the real parts: openai client, HTTP endpoint that misbehaves on demand, SQLite ledger in
 * its worker. For each failure of an endpoint: one problem of the right kind, money settled as docs/decisions.md says,
 * nothing lost.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { pin } from '../../../../src/app/call/pins.ts';
import type { ArmId, NanoUsd } from '../../../../src/core/brand.ts';
import type { CompletionEvent, CompletionOrder } from '../../../../src/app/call/routedCompletion.ts';
import {
  askOrder,
  collect,
  scratchFolder,
  testEngine,
  type TestEngine,
  type TestEngineOptions,
} from '../../../fakes/engine.ts';
import { openDatabase } from '../../../../src/storage/worker/database.ts';
import { databaseFile } from '../../../../src/storage/worker/recovery.ts';
import { startModelServer, type Misbehaviour, type ModelServer } from '../../../fakes/modelServer.ts';

const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 10 };
const common = { price, contextTokens: 8_000, maxOutputTokens: 1_000 };
const timeouts = { firstByteMs: 300, idleMs: 300, totalMs: 5_000 };

describe('the journey of a prompt', () => {
  let server: ModelServer;
  let engine: TestEngine;
  const key = 'test-secret-key-000111222';

  const settings = (models: readonly string[]): Pick<TestEngineOptions, 'endpoints' | 'models'> => ({
    endpoints: [
      { id: 'fake', preset: 'custom', baseUrl: server.url, timeouts, outputCapCoversReasoning: true },
    ],
    models: models.map((model) => ({ endpoint: 'fake', model, ...common })),
  });

  async function start(
    models: readonly string[] = ['small'],
    change: Partial<TestEngineOptions> = {},
  ): Promise<void> {
    server = await startModelServer({ models: models.map((id) => ({ id, ...common })), key });
    engine = await testEngine({ ...settings(models), monthlyUsd: 1, key, ...change });
  }

  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  const ask = (change: Partial<CompletionOrder> = {}): Promise<CompletionEvent[]> =>
    collect(engine.completion.run(askOrder('How do I add two numbers?', change)));
  const problemOf = (events: readonly CompletionEvent[]) => {
    const last = events.at(-1);
    return last?.type === 'failed' ? last.problem : undefined;
  };
  const spent = () => {
    const { settled, reserved, heldBack } = engine.store.ledger.summary();
    return { settled, reserved, heldBack };
  };

  it('goes on with the free model where the ledger waits for the user, however many paid ones cost more', async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, 'month.json'), 'not what PILOT wrote');
    const paid = ['first', 'second', 'third', 'fourth'];
    const models = [...paid.map((model) => ({ endpoint: 'fake', model, ...common }))];
    const free = { ...common, price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } };
    server = await startModelServer({ models: [{ id: 'free', ...free }], key });
    engine = await testEngine({
      ...settings([]),
      folder,
      models: [...models, { endpoint: 'fake', model: 'free', ...free }],
      levels: { first: 0.9, second: 0.8, third: 0.7, fourth: 0.6, free: 0.3 },
      monthlyUsd: 1,
      key,
    });
    assert.equal(engine.store.ledger.summary().state, 'needs-confirmation');
    const events = await ask();
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'routed' ? [event.arm.model] : [])),
      ['free'],
    );
    assert.equal(events.at(-1)?.type, 'ended');
  });

  it('asks a ledger that another program has locked once, not for each paid model, then goes on with the free one', async () => {
    const free = { ...common, price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } };
    server = await startModelServer({ models: [{ id: 'free', ...free }], key });
    const paid = ['first', 'second', 'third', 'fourth'];
    engine = await testEngine({
      ...settings([]),
      models: [
        ...paid.map((model) => ({ endpoint: 'fake', model, ...common })),
        { endpoint: 'fake', model: 'free', ...free },
      ],
      levels: { first: 0.9, second: 0.8, third: 0.7, fourth: 0.6, free: 0.3 },
      monthlyUsd: 1,
      key,
    });
    const { ledger } = engine.store;
    const asked: number[] = [];
    const reserve = ledger.reserve.bind(ledger);
    ledger.reserve = (request) => {
      asked.push(request.worstCase);
      return reserve(request);
    };
    const other = new DatabaseSync(path.join(engine.folder, 'pilot.db'));
    other.exec('BEGIN IMMEDIATE');
    const models: string[] = [];
    for await (const event of engine.completion.run(askOrder('How do I add two numbers?'))) {
      if (event.type !== 'routed') continue;
      models.push(event.arm.model);
      other.exec('ROLLBACK');
    }
    other.close();
    assert.deepEqual(models, ['free']);
    assert.equal(asked.filter((worstCase) => worstCase > 0).length, 1);
  });

  it('answers, bills what the endpoint bills, and leaves nothing reserved', async () => {
    await start();
    const events = await ask();
    const ended = events.at(-1);
    assert.equal(ended?.type, 'ended');
    await server.idle();
    assert.ok(server.billedNanoUsd > 0);
    assert.equal(ended.costNano, server.billedNanoUsd);
    assert.deepEqual(spent(), { settled: server.billedNanoUsd, reserved: 0, heldBack: 0 });
    assert.match(
      events.map((event) => (event.type === 'text' ? event.text : '')).join(''),
      /Simulated answer/,
    );
  });

  it('lowers the estimate of the arm for this prompt after a thumbs down, and restores it when it is cleared', async () => {
    await start();
    const [routed] = await ask();
    assert.equal(routed?.type, 'routed');
    const { decision } = routed;
    const estimate = (): number =>
      engine.learning.estimate('ask', [decision.chosen], decision.context)?.[0]?.mean ?? Number.NaN;
    const before = estimate();
    await engine.learning.outcome(decision.id, 'thumb-down');
    assert.ok(estimate() < before - 0.001, `${estimate()} is not below ${before}`);
    await engine.learning.outcome(decision.id, 'copied');
    assert.ok(estimate() < before - 0.001, 'a copy does not override a thumb');
    await engine.learning.outcome(decision.id, 'cleared');
    assert.ok(Math.abs(estimate() - before) < 1e-9);
  });

  it('remembers the learned state after a restart', async () => {
    await start();
    const [routed] = await ask();
    assert.equal(routed?.type, 'routed');
    const { decision } = routed;
    await engine.learning.outcome(decision.id, 'thumb-down');
    const before = engine.learning.estimate('ask', [decision.chosen], decision.context)?.[0]?.mean;
    await engine.store.close();
    const again = await testEngine({ ...settings(['small']), monthlyUsd: 1, folder: engine.folder });
    try {
      assert.equal(again.learning.estimate('ask', [decision.chosen], decision.context)?.[0]?.mean, before);
    } finally {
      await again.store.close();
    }
  });

  it('lets a thumb stand against a copy after a snapshot and a restart', async () => {
    await start();
    const [routed] = await ask();
    assert.equal(routed?.type, 'routed');
    const { decision } = routed;
    for (let i = 0; i < 60; i++) {
      await engine.learning.outcome(decision.id, i % 2 === 0 ? 'thumb-up' : 'thumb-down');
    }
    assert.ok(await engine.store.log.loadSnapshot(), 'a snapshot was taken');
    await engine.store.close();
    const again = await testEngine({ ...settings(['small']), monthlyUsd: 1, folder: engine.folder });
    try {
      const mean = () => again.learning.estimate('ask', [decision.chosen], decision.context)?.[0]?.mean;
      const before = mean();
      await again.learning.outcome(decision.id, 'copied');
      assert.equal(mean(), before);
    } finally {
      await again.store.close();
    }
  });

  const notServed: readonly [string, Misbehaviour, string][] = [
    ['a wrong key', { kind: 'wrong-key' }, 'wrong-key'],
    ['no credit', { kind: 'no-credit' }, 'no-credit'],
    ['a forbidden model', { kind: 'forbidden' }, 'forbidden'],
    ['a rate limit', { kind: 'rate-limited' }, 'rate-limited'],
    ['a rate limit with Retry-After', { kind: 'rate-limited', retryAfter: 7 }, 'rate-limited'],
    ['a model that is gone', { kind: 'model-gone' }, 'model-gone'],
    ['a context that is too long', { kind: 'context-length-exceeded' }, 'too-long'],
  ];
  for (const [what, misbehaviour, kind] of notServed) {
    it(`voids the reservation after ${what}`, async () => {
      await start();
      server.next(misbehaviour);
      const problem = problemOf(await ask());
      assert.equal(problem?.kind, 'provider');
      assert.equal(problem.error.kind, kind);
      if ('retryAfter' in misbehaviour) assert.equal(problem.error.retryAfterMs, 7_000);
      assert.deepEqual(spent(), { settled: 0, reserved: 0, heldBack: 0 });
    });
  }

  it('voids the reservation when nothing listens', async () => {
    await start();
    await server.refuse();
    const problem = problemOf(await ask());
    assert.equal(problem?.kind === 'provider' && problem.error.kind, 'refused');
    assert.deepEqual(spent(), { settled: 0, reserved: 0, heldBack: 0 });
    await server.accept();
  });

  const maybeServed: readonly [string, Misbehaviour, string][] = [
    ['a server error', { kind: 'server-error', status: 500 }, 'server-error'],
    ['a reset before the headers', { kind: 'reset-before-headers' }, 'reset'],
    ['a reset mid-stream', { kind: 'reset-mid-stream', afterTokens: 4 }, 'reset'],
    ['silence before the headers', { kind: 'silent-before-headers' }, 'timeout'],
    ['silence mid-stream', { kind: 'silent-mid-stream', afterTokens: 4 }, 'timeout'],
    ['a reply that is not JSON', { kind: 'not-json' }, 'not-json'],
    ['a page of HTML', { kind: 'html', status: 200 }, 'not-json'],
    ['an empty stream', { kind: 'empty-stream' }, 'empty'],
  ];
  for (const [what, misbehaviour, kind] of maybeServed) {
    it(`keeps the worst case against the limit after ${what}`, async () => {
      await start();
      server.next(misbehaviour);
      const events = await ask();
      const problem = problemOf(events);
      assert.equal(problem?.kind, 'provider');
      assert.equal(problem.error.kind, kind);
      await server.idle();
      const { settled, reserved, heldBack } = spent();
      assert.equal(reserved, 0);
      const decided = events.find((event) => event.type === 'routed');
      const quote = decided?.decision.arms[0]?.quote;
      assert.equal(settled + heldBack, quote?.worstCase, 'all of the worst case is settled or held');
      assert.ok(settled + heldBack >= server.billedNanoUsd);
      const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
      assert.equal(problem.partial, text !== '', 'what had arrived is kept');
    });
  }

  it('settles an answer without usage at an estimate and holds the rest', async () => {
    await start();
    server.next({ kind: 'no-usage' });
    const ended = (await ask()).at(-1);
    assert.equal(ended?.type === 'ended' && ended.costSource, 'estimate');
    await server.idle();
    const { settled, heldBack } = spent();
    assert.ok(settled === 0 && heldBack > 0, 'an estimate is reserved until its bill is known');
    assert.ok(settled + heldBack >= server.billedNanoUsd);
  });

  it('does not believe usage below what was received', async () => {
    await start();
    server.next({ kind: 'usage', reported: 'too-low' });
    await ask();
    await server.idle();
    const { settled, heldBack } = spent();
    assert.ok(settled + heldBack >= server.billedNanoUsd);
    assert.ok(heldBack > 0);
  });

  it('keeps a damaged answer readable', async () => {
    await start();
    server.next({ kind: 'invalid-utf8' });
    const events = await ask();
    assert.equal(events.at(-1)?.type, 'ended');
    assert.ok(events.some((event) => event.type === 'text' && event.text.includes('\uFFFD')));
  });

  it('takes an answer of ten megabytes', async () => {
    await start();
    server.next({ kind: 'huge' });
    const events = await ask();
    const characters = events.reduce(
      (sum, event) => sum + (event.type === 'text' ? event.text.length : 0),
      0,
    );
    assert.ok(characters >= 10 * 1024 * 1024, `${characters} characters`);
  });

  it('estimates a cancelled answer, holds the rest, and closes the socket', async () => {
    await start();
    server.next({ kind: 'slow', tokenMs: 50 });
    const abort = new AbortController();
    const events: CompletionEvent[] = [];
    for await (const event of engine.completion.run(
      askOrder('Count to a hundred.', { signal: abort.signal }),
    )) {
      events.push(event);
      if (event.type === 'text') abort.abort();
    }
    const last = events.at(-1);
    assert.equal(last?.type === 'failed' && last.problem.kind, 'provider');
    assert.equal(last?.type === 'failed' && last.cost?.costSource, 'estimate', 'its cost is told');
    await server.idle();
    assert.equal(server.requests.at(-1)?.clientClosed, true);
    const { settled, reserved, heldBack } = spent();
    assert.equal(reserved, 0);
    assert.ok(settled + heldBack >= server.billedNanoUsd);
  });

  it('settles when the consumer walks away', async () => {
    await start();
    server.next({ kind: 'slow', tokenMs: 50 });
    for await (const event of engine.completion.run(askOrder('Count to a hundred.'))) {
      if (event.type === 'text') break;
    }
    await server.idle();
    assert.equal(server.requests.at(-1)?.clientClosed, true);
    assert.equal(spent().reserved, 0);
    assert.ok(spent().settled + spent().heldBack >= server.billedNanoUsd);
  });

  it('voids the reservation when the consumer leaves before anything was sent', async () => {
    await start();
    for await (const event of engine.completion.run(askOrder('Never mind.'))) {
      assert.equal(event.type, 'routed');
      break;
    }
    assert.deepEqual(spent(), { settled: 0, reserved: 0, heldBack: 0 });
    assert.equal(server.requests.length, 0);
  });

  describe('a free model, while another window keeps the ledger’s lock', () => {
    const free = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
    let other: Awaited<ReturnType<typeof openDatabase>>;
    beforeEach(async () => {
      const folder = scratchFolder();
      server = await startModelServer({ models: [{ id: 'small', ...common, price: free }], key });
      const { endpoints } = settings([]);
      const models = [{ endpoint: 'fake', model: 'small', ...common, price: free }];
      engine = await testEngine({ endpoints, models, folder, monthlyUsd: 1, key });
      await ask();
      await engine.completion.settled();
      other = await openDatabase(databaseFile(folder), { busyMs: 100 });
      other.exec('BEGIN IMMEDIATE');
    });
    afterEach(() => other.close());

    async function writtenDown(work: () => Promise<void>): Promise<void> {
      let settled = false;
      await work();
      const settling = engine.completion.settled().then(() => (settled = true));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(settled, false, 'its consumer is done, the ledger is not');
      other.exec('ROLLBACK');
      await settling;
      const entries = await engine.store.usage.entries(0, 100);
      assert.deepEqual(entries.filter(({ state }) => state === 'reserved'), []); // prettier-ignore
    }

    it('ends when its answer does', () =>
      writtenDown(async () => assert.equal((await ask()).at(-1)?.type, 'ended')));

    it('is left at once', () =>
      writtenDown(async () => {
        for await (const event of engine.completion.run(askOrder('Count.'))) if (event.type === 'text') break;
      }));

    it('is left at once before anything was sent', () =>
      writtenDown(async () => {
        for await (const event of engine.completion.run(askOrder('Count.'))) {
          assert.equal(event.type, 'routed');
          break;
        }
      }));
  });

  it('lets a short answer finish by itself, and settles what it cost', async () => {
    await start();
    server.next({ kind: 'slow', tokenMs: 10 });
    for await (const event of engine.completion.run(askOrder('Count to three.', { whenLeft: 'finish' }))) {
      if (event.type === 'text') break;
    }
    await server.idle();
    for (let i = 0; i < 100 && spent().reserved > 0; i++) await setTimeout(20);
    assert.deepEqual(spent(), { settled: server.billedNanoUsd, reserved: 0, heldBack: 0 });
    assert.equal(server.requests.at(-1)?.clientClosed, false);
  });

  it('counts a retry of an inline request against the inline sub-limit', async () => {
    await start(['small', 'other']);
    server.next({ kind: 'rate-limited' });
    await ask({ surface: 'inline', purpose: 'inline' });
    const { settled, inlineCommitted } = engine.store.ledger.summary();
    assert.ok(settled > 0);
    assert.equal(inlineCommitted, settled);
  });

  it('lets another arm answer when the first provably did not serve', async () => {
    await start(['small', 'other']);
    server.next({ kind: 'rate-limited' });
    const events = await ask();
    const routed = events.filter((event) => event.type === 'routed').map(({ arm }) => arm.model);
    assert.equal(routed.length, 2);
    assert.notEqual(routed[0], routed[1]);
    assert.equal(events.at(-1)?.type, 'ended');
  });

  it('stays with the model the user chose, and says why it cannot answer', async () => {
    await start(['small', 'other']);
    server.next({ kind: 'model-gone' });
    const events = await ask({ choice: { type: 'arm', armId: engine.arms()[1]!.id } });
    assert.equal(events.filter((event) => event.type === 'routed').length, 1);
    assert.equal(problemOf(events)?.kind, 'provider');
  });

  it('asks for models, for a limit, and for a shorter prompt', async () => {
    await start([]);
    assert.equal(problemOf(await ask())?.kind, 'no-models');
    await engine.close();
    await server.close();
    await start(['small'], { monthlyUsd: undefined });
    assert.equal(problemOf(await ask())?.kind, 'no-limit');
    engine.limits.value = { ...engine.limits.value, monthly: 1e9 as typeof engine.limits.value.monthly };
    const call = askOrder('word '.repeat(50_000)).call;
    assert.equal(problemOf(await ask({ call }))?.kind, 'too-long');
    assert.equal(server.requests.length, 0, 'nothing was sent');
  });

  it('stops at the limit with the day of its reset, and sends nothing', async () => {
    await start(['small'], { monthlyUsd: 0.000_2 });
    const problem = problemOf(await ask());
    assert.equal(problem?.kind, 'limit-reached');
    assert.equal(problem.resetsAt, new Date(2026, 11, 1).getTime());
    assert.equal(problem.wished, undefined, 'none of the models fits');
    assert.equal(server.requests.length, 0);
  });

  it('expects of a model what its bills were, and learns nothing from a call without one', async () => {
    await start();
    const learnt = (): unknown => (engine.saved.state as { costCalibration: unknown }).costCalibration;
    const events = await ask();
    const ended = events.at(-1);
    assert.equal(ended?.type, 'ended');
    const [[armId, calls, , cost]] = learnt() as [[string, number, number, number]];
    assert.deepEqual([armId, calls, cost], ['fake/small', 1, ended.costNano]);
    const before = learnt();
    server.next({ kind: 'no-usage' });
    await ask();
    assert.deepEqual(learnt(), before);
    const decided = engine.routing.decide(askOrder('How do I add two numbers?'));
    assert.ok(decided.ok);
    const { arm, uncalibrated: expected } = decided.value;
    const bill = { expected, cost: (expected / 2) as NanoUsd };
    for (let i = 0; i < 600; i++) engine.policy.observeCost(arm.id, bill);
    const again = engine.routing.decide(askOrder('How do I add two numbers?'));
    assert.ok(again.ok);
    const factor = again.value.quote.expected / again.value.uncalibrated;
    assert.ok(Math.abs(factor - 0.5) < 0.05, String(factor));
  });

  it('says of the one model that was wanted, not of all, that the limit is too small for it', async () => {
    const dear = { inputUsdPerMTok: 1_000, outputUsdPerMTok: 10_000 };
    server = await startModelServer({ models: ['dear', 'small'].map((id) => ({ id, ...common })), key });
    const { endpoints, models } = settings(['dear', 'small']);
    engine = await testEngine({
      endpoints,
      models: (models as readonly { model: string }[]).map((one) => ({ ...one, ...(one.model === 'dear' && { price: dear }) })),
      monthlyUsd: 1,
      key,
    }); // prettier-ignore
    const [first, second] = engine.arms();
    assert.ok(first && second);
    const wishedIn = (events: readonly CompletionEvent[]): string | undefined => {
      const problem = problemOf(events);
      assert.equal(problem?.kind, 'limit-reached');
      return problem.wished?.model;
    };
    assert.equal(wishedIn(await ask({ choice: { type: 'arm', armId: first.id } })), 'dear', 'chosen by hand');
    pin(engine.workspace, { kind: 'workspace' }, first.id);
    assert.equal(wishedIn(await ask()), 'dear', 'pinned');
    // Another window takes the money between the decision and the reservation.
    pin(engine.workspace, { kind: 'workspace' }, second.id);
    const { ledger } = engine.store;
    const reserve = ledger.reserve.bind(ledger);
    ledger.reserve = (order) => reserve({ ...order, limit: 0 as typeof order.limit });
    assert.equal(wishedIn(await ask()), 'small', 'refused by the ledger');
    assert.equal(server.requests.length, 0);
  });

  it('answers with a free model when the limit is used up', async () => {
    server = await startModelServer({ models: ['dear', 'free'].map((id) => ({ id, ...common })) });
    const free = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
    engine = await testEngine({
      ...settings(['dear']),
      models: [
        { endpoint: 'fake', model: 'dear', ...common },
        { endpoint: 'fake', model: 'free', ...common, price: free },
      ],
      monthlyUsd: 0,
    });
    const events = await ask();
    assert.equal(events.at(-1)?.type, 'ended');
    assert.equal(events[0]?.type === 'routed' && events[0].arm.model, 'free');
  });

  it('is not kept from answering by a pin on a model that was removed', async () => {
    await start();
    pin(engine.workspace, { kind: 'workspace' }, 'fake/gone' as ArmId);
    const events = await ask();
    assert.equal(events[0]?.type === 'routed' && events[0].arm.model, 'small');
    assert.equal(events.at(-1)?.type, 'ended');
  });

  it('keeps a conversation with its model', async () => {
    await start(['small', 'other']);
    const models = new Set<string>();
    for (let turn = 0; turn < 4; turn++) {
      const [routed] = await ask({ conversationId: 'c1' });
      if (routed?.type === 'routed') models.add(routed.arm.model);
    }
    assert.equal(models.size, 1);
  });

  it('leaves no trace of the key or the prompt in log lines, state and database', async () => {
    await start();
    for (const kind of ['wrong-key', 'not-json', 'reset-mid-stream'] as const) {
      server.next({ kind });
      await ask();
    }
    await ask();
    await engine.store.close();
    const { readFileSync, readdirSync } = await import('node:fs');
    const path = await import('node:path');
    const files = readdirSync(engine.folder).map((file) =>
      readFileSync(path.join(engine.folder, file), 'latin1'),
    );
    const everything = [...files, ...engine.lines, JSON.stringify(engine.saved.state)].join('\n');
    assert.ok(everything.length > 1_000, 'there is something to search');
    assert.ok(!everything.includes(key));
    assert.ok(!everything.includes('add two numbers'));
    await engine.close();
    engine = await testEngine({ ...settings(['small']) });
  });
});
