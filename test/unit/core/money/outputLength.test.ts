import assert from 'node:assert/strict';
import fc from 'fast-check';
import { armId } from '../../../../src/core/brand.ts';
import {
  decodeStatistics,
  encodeStatistics,
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
