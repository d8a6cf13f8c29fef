/** Expected prices, and "Better answer", through the real engine: a preview sends, stores and counts nothing. */
import assert from 'node:assert/strict';
import { chatCall } from '../../../../src/app/call/call.ts';
import { exclude } from '../../../../src/app/call/pins.ts';
import { oneStepUp } from '../../../../src/app/call/preview.ts';
import type { Choice } from '../../../../src/app/call/routing.ts';
import { effortName, type Arm, type Effort } from '../../../../src/core/arm.ts';
import { armId, type ArmId, type NanoUsd } from '../../../../src/core/brand.ts';
import { askOrder, collect, testEngine, type TestEngine } from '../../../fakes/engine.ts';
import { startModelServer, type ModelServer } from '../../../fakes/modelServer.ts';

const at = new Date(2026, 10, 10, 10).getTime();
const levels = { plain: 0.4, good: 0.6, best: 0.8 };
const priceOf = (output: number) => ({ inputUsdPerMTok: output / 5, outputUsdPerMTok: output });
const prices = { plain: priceOf(0.5), good: priceOf(2), best: priceOf(30) };
const names = ['plain', 'good', 'best'] as const;
const id = (name: string): ArmId => `fake/${name}` as ArmId;
const common = { contextTokens: 8_000, maxOutputTokens: 1_000 };

describe('before a question is sent', () => {
  let server: ModelServer;
  let engine: TestEngine;
  beforeEach(async () => {
    server = await startModelServer({ models: names.map((name) => ({ id: name, price: prices[name], ...common })) }); // prettier-ignore
    engine = await testEngine({
      endpoints: [{ id: 'fake', preset: 'custom', baseUrl: server.url, needsKey: false, outputCapCoversReasoning: true }],
      models: names.map((model) => ({ endpoint: 'fake', model, price: prices[model], ...common })),
      levels,
      monthlyUsd: 100,
      now: () => at,
    }); // prettier-ignore
  });
  afterEach(async () => {
    await engine.close();
    await server.close();
  });
  const preview = (choice: Choice = { type: 'auto' }, rule?: 'cheaper') =>
    engine.routing.preview(askOrder('How do I add two numbers?', { choice }), rule);
  const ask = (choice: Choice) =>
    collect(engine.completion.run(askOrder('How do I add two numbers?', { choice })));
  const better = (...not: readonly string[]): Choice => ({ type: 'escalate', not: not.map(id) });
  const setLimit = (usd: number): void =>
    void (engine.limits.value = { ...engine.limits.value, monthly: (usd * 1e9) as NanoUsd });

  it('its price is known, and asking for the price leaves no trace', async () => {
    preview();
    const before = JSON.stringify([engine.saved.state, engine.policy.state]);
    for (let i = 0; i < 20; i++) {
      const { likely, low, high } = preview() ?? assert.fail();
      assert.ok(0 < low && low <= likely.cost && likely.cost <= high);
    }
    assert.equal(preview({ type: 'arm', armId: id('best') })?.likely.armId, id('best'));
    assert.equal(JSON.stringify([engine.saved.state, engine.policy.state]), before);
    assert.equal(server.requests.length, 0);
    assert.equal(engine.store.ledger.summary().reserved, 0);
    assert.deepEqual(await engine.store.usage.decisions({ limit: 1 }), []);
  });

  it('"Better answer" names one step up, and nothing where nothing is better', () => {
    assert.equal(preview(better('plain'))?.likely.armId, id('good'));
    assert.equal(preview(better('good'))?.likely.armId, id('best'));
    assert.equal(preview(better('plain', 'best')), undefined);
    assert.equal(preview(better('best')), undefined);
  });

  it('"Better answer" asks nobody where nobody is better, and says so', async () => {
    const events = await ask(better('best'));
    assert.deepEqual(events, [{ type: 'failed', problem: { kind: 'nothing-better' } }]);
    assert.equal(server.requests.length, 0);
  });

  it('"Better answer" passes over what the user excluded, and calls nothing else excluded by the user', async () => {
    exclude(engine.workspace, [id('good')], names.map(id));
    const [routed] = await ask(better('plain'));
    assert.ok(routed?.type === 'routed');
    assert.equal(routed.arm.model, 'best');
    const reasons = Object.fromEntries(routed.decision.arms.map(({ armId, excluded }) => [armId, excluded]));
    assert.deepEqual(reasons, { 'fake/plain': 'has-answered', 'fake/good': 'excluded-by-user', 'fake/best': undefined }); // prettier-ignore
    exclude(engine.workspace, [id('good'), id('best')], names.map(id));
    assert.equal(preview(better('plain')), undefined);
  });

  it('"Better answer" offers what the money left covers, and takes the one that it named or none', async () => {
    setLimit(0.0001);
    assert.equal(preview(better('plain')), undefined);
    const to = id('best');
    const events = await ask({ type: 'escalate', not: [id('plain')], to });
    const [failed] = events;
    assert.ok(failed?.type === 'failed' && failed.problem.kind === 'limit-reached');
    setLimit(100);
    const [routed] = await ask({ type: 'escalate', not: [id('plain')], to });
    assert.ok(routed?.type === 'routed' && routed.arm.id === to);
  });

  it('"Cheaper next time" means a cheaper model, and the price follows the wish', () => {
    const [now, cheaper] = [preview(), preview({ type: 'auto' }, 'cheaper')];
    assert.ok(now && cheaper && cheaper.likely.cost < now.likely.cost);
    engine.policy.cheaperNext();
    assert.equal(preview()?.likely.armId, cheaper.likely.armId);
  });

  it('says nothing where nothing could be asked', () => {
    setLimit(0);
    assert.equal(preview(), undefined);
  });

  it('a limit that is reached proposes the free model that can answer, and no excluded one', async () => {
    const free = engine.arms().find(({ model }) => model === 'plain')!;
    Object.assign(free, { price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0 } });
    setLimit(0);
    const freeArm = async (): Promise<unknown> => {
      const [failed] = await ask({ type: 'arm', armId: id('best') });
      return failed?.type === 'failed' && failed.problem.kind === 'limit-reached' && failed.problem.freeArm;
    };
    assert.equal(await freeArm(), id('plain'));
    exclude(engine.workspace, [id('plain')], names.map(id));
    assert.equal(await freeArm(), undefined);
  });
});

describe('a model at two efforts', () => {
  const price = priceOf(30);
  it('is asked at more effort for a better answer, at less to be cheaper, each with its own price', async () => {
    const engine = await testEngine({
      endpoints: [{ id: 'fake', preset: 'openai', baseUrl: 'http://127.0.0.1:9/v1', needsKey: false }],
      models: ['low', 'high'].map((effort) => ({ endpoint: 'fake', model: 'm', effort, price, contextTokens: 32_000, maxOutputTokens: 8_000 })),
      levels: { 'm@low': 0.6, 'm@high': 0.62 },
      monthlyUsd: 5,
      now: () => at,
    }); // prettier-ignore
    try {
      const call = chatCall({ messages: [{ role: 'user', content: 'Why?' }], purpose: 'answer' });
      const preview = (choice: Choice, rule?: 'cheaper') =>
        engine.routing.preview(askOrder('Why?', { choice, call }), rule)?.likely ?? assert.fail();
      const better = preview({ type: 'escalate', not: [id('m@low')] });
      const cheaper = preview({ type: 'auto' }, 'cheaper');
      assert.deepEqual([better.armId, cheaper.armId], [id('m@high'), id('m@low')]);
      assert.ok(better.cost > 4 * cheaper.cost, `${better.cost} ${cheaper.cost}`);
    } finally {
      await engine.close();
    }
  });
});

describe('one step up', () => {
  const candidate = (name: string, worstCase = 1) =>
    ({ armId: id(name), excluded: undefined, quote: { worstCase } }) as never;
  const estimates = names.map((name) => ({ armId: id(name), mean: levels[name] }));

  it('never goes down, nor sideways', () => {
    const all = names.map((name) => candidate(name));
    for (const tried of [['plain'], ['good'], ['best'], ['plain', 'good'], ['best', 'plain']]) {
      const up = oneStepUp(tried.map(id), all, estimates, 100, []);
      const best = Math.max(...tried.map((name) => levels[name as keyof typeof levels]));
      const mean = estimates.find(({ armId }) => armId === up)?.mean ?? Infinity;
      assert.ok(mean > best, tried.join());
    }
    const equal = estimates.map(({ armId }) => ({ armId, mean: 0.5 }));
    assert.equal(oneStepUp([id('plain')], all, equal, 100, []), undefined);
  });

  it('prefers what the money covers, and names what it does not cover rather than nothing', () => {
    const all = [candidate('plain'), candidate('good', 500), candidate('best', 50)];
    assert.equal(oneStepUp([id('plain')], all, estimates, 100, []), id('best'));
    assert.equal(oneStepUp([id('plain')], all, estimates, 10, []), id('good'));
  });

  describe('of a model that is there at several efforts', () => {
    const arm = (model: string, effort?: Effort) =>
      ({ id: armId('fake', model, effort && effortName(effort)), endpointId: 'fake', model, effort }) as Arm;
    const arms = [
      arm('m', 'high'),
      arm('m', 'low'),
      arm('m', { thinkingTokens: 9_000 }),
      arm('other'),
      arm('n', 'high'),
    ];
    const up = (tried: string, means: Readonly<Record<string, number>>, moneyLeft = 100) =>
      oneStepUp(
        [id(tried)],
        arms.map(({ id: armId }) => ({ armId, excluded: undefined, quote: { worstCase: 50 } }) as never),
        Object.entries(means).map(([name, mean]) => ({ armId: id(name), mean })),
        moneyLeft,
        arms,
      );
    const means = { 'm@low': 0.5, 'm@9000': 0.56, 'm@high': 0.6, other: 0.52, 'n@high': 0.51 };

    it('raises the effort before the model, and no further than the next', () => {
      assert.equal(up('m@low', means), id('m@9000'));
      assert.equal(up('m@9000', means), id('m@high'));
      assert.equal(up('other', means), id('m@9000'), 'of another model the least good that is better');
    });

    it('takes another model where more effort is not expected to be better, or not covered', () => {
      assert.equal(up('m@low', { ...means, 'm@9000': 0.4, 'm@high': 0.45 }), id('n@high'));
      assert.equal(up('m@high', { ...means, other: 0.7 }), id('other'));
      assert.equal(up('m@low', means, 10), id('n@high'), 'nothing is covered: the least good that is better');
    });
  });
});
