/** Stop where closing the connection does not end the work, through the real client and ledger. */
import assert from 'node:assert/strict';
import { chatCall } from '../../../../src/app/call/call.ts';
import type { CompletionEvent, CompletionOrder } from '../../../../src/app/call/routedCompletion.ts';
import type { StopTerms } from '../../../../src/core/money/stopping.ts';
import { openDatabase } from '../../../../src/storage/worker/database.ts';
import { databaseFile } from '../../../../src/storage/worker/recovery.ts';
import { NOON } from '../../../fakes/clock.ts';
import { askOrder, collect, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';

const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 10 };
const common = { price, contextTokens: 100_000, maxOutputTokens: 4_000 };
const question = 'Explain this, please.';
const words = 'one two three four '.repeat(30);

describe('Stop at an endpoint that may go on', () => {
  let server: ModelServer;
  let engine: TestEngine;

  beforeEach(async () => {
    server = await startModelServer({ models: [{ id: 'model', ...common, answer: () => words }] });
    engine = await testEngine({
      endpoints: [{ id: 'fake', preset: 'custom', baseUrl: server.url, outputCapCoversReasoning: true }],
      models: [{ endpoint: 'fake', model: 'model', ...common }],
      monthlyUsd: 100,
      now: () => NOON,
    });
  });

  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  interface Stopped {
    readonly events: readonly CompletionEvent[];
    readonly terms: StopTerms | undefined;
  }

  /** Stops after this many pieces of text; 0 = after the routing. */
  async function stopAfter(pieces: number, change: Partial<CompletionOrder> = {}): Promise<Stopped> {
    const abort = new AbortController();
    const events: CompletionEvent[] = [];
    let ask: (() => StopTerms) | undefined;
    let terms: StopTerms | undefined;
    const order = askOrder(question, {
      call: chatCall({ messages: [{ role: 'user', content: question }], outputCap: 4_000 }),
      signal: abort.signal,
      whenStopped: 'run-out',
      onRunning: (asked) => (ask = asked),
      ...change,
    });
    let seen = 0;
    for await (const event of engine.completion.run(order)) {
      events.push(event);
      if (event.type === 'text') seen += 1;
      if (seen !== pieces || abort.signal.aborted) continue;
      terms = ask?.();
      abort.abort();
    }
    await server.idle();
    return { events, terms };
  }

  const lastEntry = async () => {
    const [entry] = (await engine.store.usage.entries(0, 100)).slice(-1);
    assert.ok(entry);
    return { ...entry, billed: server.requests.at(-1)?.billedNanoUsd ?? 0 };
  };
  /** The usual length of answers of this kind. */
  const learn = async (): Promise<void> => {
    for (let i = 0; i < 6; i++) await stopAfter(-1);
  };

  it('keeps the whole reservation of an answer that has just begun, and knows that before', async () => {
    await learn();
    const { terms, events } = await stopAfter(10);
    const { cost, heldBack, worstCase } = await lastEntry();
    assert.deepEqual(terms, { kind: 'keeps', reserved: worstCase });
    assert.equal(cost + heldBack, worstCase);
    assert.equal(events.at(-1)?.type, 'failed');
  });

  it('lets a nearly finished answer run out unseen, so that its bill is known', async () => {
    await learn();
    const { terms, events } = await stopAfter(100);
    assert.deepEqual(terms, { kind: 'runs-out' });
    const { cost, heldBack, source, billed } = await lastEntry();
    assert.deepEqual([cost, heldBack, source], [billed, 0, 'priced-usage']);
    // Nothing was shown after the stop, and the answer ends like any stopped answer, with its cost.
    assert.equal(events.filter(({ type }) => type === 'text').length, 100);
    const last = events.at(-1);
    assert.ok(last?.type === 'failed' && last.problem.kind === 'provider');
    assert.deepEqual([last.problem.error.kind, last.cost?.costNano], ['cancelled', billed]);
    assert.equal(server.requests.at(-1)?.clientClosed, false);
  });

  it('closes a nearly finished answer where the surface does not ask for more', async () => {
    await learn();
    await stopAfter(100, { whenStopped: 'close' });
    const { cost, heldBack, worstCase } = await lastEntry();
    assert.equal(cost + heldBack, worstCase);
  });

  it('counts an answer that breaks off while it runs out at its whole reservation', async () => {
    await learn();
    server.next({ kind: 'reset-mid-stream', afterTokens: 110 });
    const { terms } = await stopAfter(100);
    assert.deepEqual(terms, { kind: 'runs-out' });
    const { cost, heldBack, worstCase } = await lastEntry();
    assert.equal(cost + heldBack, worstCase);
  });

  it('sends nothing where it comes before the request, and owes nothing', async () => {
    await stopAfter(0);
    assert.equal(server.requests.length, 0);
    const { state, cost, heldBack } = await lastEntry();
    assert.deepEqual([state, cost, heldBack], ['void', 0, 0]);
  });

  it('changes nothing after the last byte, or a second time', async () => {
    const abort = new AbortController();
    await collect(
      engine.completion.run(askOrder(question, { signal: abort.signal, whenStopped: 'run-out' })),
    );
    abort.abort();
    abort.abort();
    const { cost, heldBack, billed } = await lastEntry();
    assert.deepEqual([cost, heldBack], [billed, 0]);
  });

  it('loses nothing while another window holds the lock', async () => {
    await learn();
    const other = await openDatabase(databaseFile(engine.folder), { busyMs: 100 });
    const stopping = stopAfter(100, {
      onRunning: () => {
        other.exec('BEGIN IMMEDIATE');
      },
    });
    while (server.requests.length < 7) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.idle();
    other.exec('COMMIT');
    other.close();
    await stopping;
    await engine.completion.settled();
    const { cost, heldBack, billed } = await lastEntry();
    assert.deepEqual([cost, heldBack], [billed, 0]);
  });
});
