/** The usage of a key through the real client and ledger: only OpenRouter is asked, once an hour, and only when due. */
import assert from 'node:assert/strict';
import { NOON } from '../../../fakes/clock.ts';
import { askOrder, collect, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';

const price = { inputUsdPerMTok: 1, outputUsdPerMTok: 10 };
const model = { price, contextTokens: 8_000, maxOutputTokens: 1_000 };
const HOUR = 3_600_000;

describe('the usage of a key', () => {
  let server: ModelServer;
  let engine: TestEngine;
  let now: number;

  beforeEach(async () => {
    now = NOON;
    server = await startModelServer({
      models: [{ id: 'm', ...model }],
      key: 'key-000111',
      reportsCost: true,
    });
    engine = await testEngine({
      endpoints: [
        { id: 'router', preset: 'openrouter', baseUrl: server.url },
        { id: 'other', preset: 'litellm', baseUrl: server.url, outputCapCoversReasoning: true },
      ],
      models: [{ endpoint: 'router', model: 'm', ...model }],
      monthlyUsd: 1,
      key: 'key-000111',
      now: () => now,
    });
  });
  afterEach(async () => {
    await engine.close();
    await server.close();
  });

  const asked = (): number => server.requests.filter(({ path }) => path.endsWith('/key')).length;
  async function passAfter(hours: number): Promise<void> {
    now += hours * HOUR;
    await engine.keyUsage.pass();
  }
  async function stopped(): Promise<void> {
    // Without an id of the generation, so that its own record cannot be looked up.
    server.next({ kind: 'reset-mid-stream', afterTokens: 3 });
    await collect(engine.completion.run(askOrder('Count to ten.')));
    await server.idle();
  }

  it('settles what no record of the call settles, two hours later', async () => {
    await passAfter(0);
    await collect(engine.completion.run(askOrder('Count to ten.')));
    now += 60_000;
    await stopped();
    const { heldBack, settled } = engine.store.ledger.summary();
    assert.ok(heldBack > 0);
    await passAfter(1.1);
    assert.equal(engine.store.ledger.summary().heldBack, heldBack, 'the usage may come late');
    await passAfter(1.1);
    const after = engine.store.ledger.summary();
    assert.equal(after.heldBack, 0);
    assert.ok(
      after.settled >= server.billedNanoUsd && after.settled < settled + heldBack / 2,
      String(after.settled),
    );
    assert.ok(engine.lines.some((line) => line.includes('settled by the usage of their key')));
    assert.doesNotMatch(JSON.stringify(engine.lines), /key-000111/);
  });

  it('is not asked for while nothing changes, and not of a provider whose number says less than it bills', async () => {
    for (let hours = 0; hours < 5; hours++) await passAfter(1.1);
    assert.equal(asked(), 2);
    assert.ok(server.requests.every(({ path }) => !path.includes('info')));
    await stopped();
    for (let hours = 0; hours < 8; hours++) await passAfter(1.1);
    // Two after the call, the second of which settles it, and two after that.
    assert.equal(asked(), 6);
  });

  it('is not asked for again where it is refused, and a reply that says nothing settles nothing', async () => {
    server.next({ kind: 'forbidden' });
    await passAfter(0);
    await stopped();
    const { heldBack } = engine.store.ledger.summary();
    for (let hours = 0; hours < 3; hours++) await passAfter(1.1);
    assert.deepEqual([asked(), engine.store.ledger.summary().heldBack], [1, heldBack]);
  });

  it('says nothing where the reply is garbage, or no number', async () => {
    for (const body of [{}, { data: { usage: 'much', label: 'fake' } }, { data: { usage: 1 } }]) {
      server.next({ kind: 'reply', body });
      await passAfter(1.1);
      assert.equal(engine.store.ledger.summary().heldBack, 0);
    }
  });
});
