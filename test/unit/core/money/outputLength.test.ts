import assert from 'node:assert/strict';
import fc from 'fast-check';
import { armId } from '../../../../src/core/brand.ts';
import {
  decodeStatistics,
  encodeStatistics,
  fittedCap,
  forecastCall,
  noStatistics,
  observeCall,
  type CallKind,
} from '../../../../src/core/money/outputLength.ts';

const kind: CallKind = { armId: armId('test', 'model'), surface: 'ask', task: 'fix' };
const used = (output: number, input = 1000, cachedInput = 0) => ({
  input,
  cachedInput,
  cacheWrite: 0,
  output,
  reasoning: 0,
});

describe('call statistics', () => {
  it('start from constants and come to what is reported', () => {
    const first = forecastCall(noStatistics, kind, 4000);
    assert.deepEqual([first.inputTokens, first.outputTokens, first.cachedShare], [1080, 500, 0]);
    let statistics = noStatistics;
    for (let n = 0; n < 200; n++) statistics = observeCall(statistics, kind, 4000, used(100, 750, 750));
    const { inputTokens, outputTokens, cachedShare } = forecastCall(statistics, kind, 4000);
    assert.ok(Math.abs(inputTokens - 1500) < 60, String(inputTokens));
    assert.ok(outputTokens < 125, String(outputTokens));
    assert.ok(cachedShare > 0.45);
  });

  it('put nine of ten calls below the upper length', () => {
    let statistics = noStatistics;
    let [above, n] = [0, 0];
    let state = 1;
    const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < 3000; i++) {
      const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
      const length = Math.round(Math.exp(5 + 0.8 * normal));
      if (i > 500) {
        n++;
        if (length > forecastCall(statistics, kind, 0).upperOutputTokens) above++;
      }
      statistics = observeCall(statistics, kind, 0, used(length));
    }
    assert.ok(0.06 < above / n && above / n < 0.14, String(above / n));
  });

  it('give a new model the length of its task, not of all tasks', () => {
    let statistics = noStatistics;
    for (let n = 0; n < 50; n++) statistics = observeCall(statistics, kind, 4000, used(2000));
    const sibling = { ...kind, armId: armId('test', 'other') };
    assert.ok(forecastCall(statistics, sibling, 0).outputTokens > 1500);
    assert.equal(forecastCall(statistics, { ...sibling, task: 'explain' }, 0).outputTokens, 500);
  });

  it('expect an arm at another effort to be as much longer or shorter, until it has its own answers', () => {
    const at = (name: string, outputFactor: number) => ({
      ...kind,
      armId: armId('test', name),
      outputFactor,
    });
    const [low, high] = [at('m@low', 0.4), at('m@high', 2.5)];
    assert.equal(forecastCall(noStatistics, low, 0).outputTokens, 200);
    assert.equal(forecastCall(noStatistics, high, 0).outputTokens, 1250);
    let statistics = noStatistics;
    for (let n = 0; n < 50; n++) statistics = observeCall(statistics, high, 0, used(5000));
    assert.ok(forecastCall(statistics, high, 0).outputTokens > 4500);
    const usual = forecastCall(statistics, kind, 0).outputTokens;
    assert.ok(
      1700 < usual && usual < 2100,
      `${usual}: another model’s answers are not taken for ones at high effort`,
    );
    const sibling = forecastCall(statistics, low, 0).outputTokens;
    assert.ok(Math.abs(sibling - 0.4 * usual) <= 1);
  });

  it('stay small and forget the longest unused', () => {
    let statistics = noStatistics;
    for (let n = 0; n < 500; n++) {
      statistics = observeCall(statistics, { ...kind, armId: armId('test', `model-${n}`) }, 100, used(10));
    }
    assert.ok(JSON.stringify(encodeStatistics(statistics)).length < 40_000);
    assert.equal(statistics.cells.size, 400);
  });

  it('survive any JSON round trip and any garbage', () => {
    const calls = fc.array(fc.tuple(fc.nat(5), fc.nat(1e6), fc.nat(1e6), fc.nat(1e6)), { maxLength: 30 });
    fc.assert(
      fc.property(calls, (list) => {
        let statistics = noStatistics;
        for (const [n, bytes, input, output] of list) {
          statistics = observeCall(
            statistics,
            { ...kind, armId: armId('test', `m${n}`) },
            bytes,
            used(output, input),
          );
        }
        const stored = JSON.parse(JSON.stringify(encodeStatistics(statistics))) as unknown;
        const decoded = decodeStatistics(stored);
        assert.equal(decoded.recovered, false);
        assert.deepEqual(JSON.parse(JSON.stringify(encodeStatistics(decoded.state))), stored);
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (garbage) => {
        const { outputTokens } = forecastCall(decodeStatistics(garbage).state, kind, 100);
        assert.ok(outputTokens >= 0);
      }),
    );
    assert.equal(decodeStatistics({ version: 1, cells: [['x', Number.NaN, 1, 1, 1]] }).recovered, true);
  });

  it('learn nothing from counts that are none', () => {
    assert.equal(observeCall(noStatistics, kind, 10, used(Number.NaN)), noStatistics);
    assert.equal(observeCall(noStatistics, kind, -1, used(5)), noStatistics);
  });
});

describe('the cap of a request', () => {
  const limits = { longest: 4_096, thinks: false };
  const learnt = (lengths: readonly number[], reasoning = 0, wasCut = false) =>
    lengths.reduce(
      (all, output) => observeCall(all, kind, 4_000, { ...used(output), reasoning }, wasCut),
      noStatistics,
    );
  const often = <T>(value: T, times = 60): T[] => new Array<T>(times).fill(value);

  it('starts near the longest answer, and comes to what such answers need', () => {
    assert.equal(fittedCap(noStatistics, kind, 'answer', limits).outputCap, 3_924);
    const { outputCap } = fittedCap(learnt(often(700)), kind, 'answer', limits);
    assert.ok(outputCap > 875 && outputCap < 1_700, String(outputCap));
  });

  it('never cuts below a useful minimum, nor goes beyond what the user allows', () => {
    assert.equal(fittedCap(learnt(often(20)), kind, 'answer', limits).outputCap, 512);
    assert.equal(fittedCap(learnt(often(20)), kind, 'turn', limits).outputCap, 1_024);
    assert.equal(fittedCap(learnt(often(50_000)), kind, 'answer', limits).outputCap, 4_096);
    assert.equal(fittedCap(learnt(often(50_000)), kind, 'turn', limits).outputCap, 8_192);
    const more = { ...limits, longest: 20_000 };
    assert.equal(fittedCap(learnt(often(50_000)), kind, 'answer', more).outputCap, 20_000);
    assert.equal(fittedCap(learnt(often(20)), kind, 'rest', limits).outputCap, 4_096);
  });

  it('grows after answers that it cut, which would have been longer', () => {
    const whole = fittedCap(learnt(often(600)), kind, 'answer', limits).outputCap;
    assert.ok(fittedCap(learnt(often(600), 0, true), kind, 'answer', limits).outputCap > 1.8 * whole);
  });

  it('cuts about one answer in fifty', () => {
    let state = 1;
    const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    let [statistics, cut] = [noStatistics, 0];
    for (let i = 0; i < 4_000; i++) {
      const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
      const length = Math.round(Math.exp(6 + 0.6 * normal));
      const { outputCap } = fittedCap(statistics, kind, 'answer', limits);
      if (i >= 500 && length > outputCap) cut++;
      statistics = observeCall(
        statistics,
        kind,
        4_000,
        used(Math.min(length, outputCap)),
        length > outputCap,
      );
    }
    assert.ok(cut / 3_500 < 0.025, String(cut / 3_500));
  });

  it('has room for thoughts on top where a model may think: as much again, or what it needs', () => {
    const unknown = { ...limits, thinks: undefined };
    const start = fittedCap(noStatistics, kind, 'answer', unknown);
    assert.deepEqual(start, { outputCap: 2 * 3_924, reasoningCap: undefined });
    const plain = learnt(often(700));
    assert.deepEqual(fittedCap(plain, kind, 'answer', unknown), fittedCap(plain, kind, 'answer', limits));
    const thinker = fittedCap(learnt(often(700), 3_000), kind, 'answer', unknown);
    const visible = fittedCap(plain, kind, 'answer', limits).outputCap;
    assert.ok(thinker.reasoningCap !== undefined && thinker.reasoningCap >= 1.25 * 3_000);
    assert.equal(thinker.outputCap, visible + thinker.reasoningCap);
    const endless = fittedCap(learnt(often(700), 1e6), kind, 'answer', unknown);
    assert.equal(endless.reasoningCap, 16_384);
  });
});
