import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseVscodeModels, vscodeArm } from '../../../../src/app/chat/vscodeModels.ts';
import { isFree } from '../../../../src/core/arm.ts';
import type { NanoUsd } from '../../../../src/core/brand.ts';
import { billFor } from '../../../../src/core/money/billing.ts';
import { quote } from '../../../../src/core/money/pricing.ts';

const parse = (...raw: unknown[]) => parseVscodeModels(raw, 'pilot');
const problems = (...raw: unknown[]): string[] =>
  parse(...raw).problems.map(({ key, kind }) => `${key} ${kind}`);
const arm = (raw: object) => {
  const [entry] = parse({ model: 'copilot/gpt', ...raw }).entries;
  assert.ok(entry);
  return vscodeArm(entry, { name: 'GPT', maxInputTokens: 60_000 });
};

describe('pilot.vscodeModels', () => {
  it('is empty where nothing is set', () => {
    for (const raw of [undefined, null, []])
      assert.deepEqual(parseVscodeModels(raw, 'pilot'), { entries: [], problems: [] });
  });

  it('makes an arm of what the user and VS Code say', () => {
    const { id, endpointId, label, contextTokens, capabilities } = arm({ maxOutputTokens: 8000 });
    assert.equal(id, 'vscode/copilot/gpt');
    assert.equal(endpointId, 'vscode');
    assert.equal(label, 'GPT');
    assert.equal(contextTokens, 68_000);
    assert.deepEqual(capabilities, { tools: true, images: false, fim: 'none' });
    assert.equal(arm({ label: 'Mine' }).label, 'Mine');
    assert.equal(arm({ capabilities: { tools: false, images: true } }).capabilities.images, true);
  });

  it('leaves a model unpriced until its user says what it costs', () => {
    assert.equal(arm({}).price, undefined);
    assert.equal(arm({ coveredByPlan: false }).price, undefined);
  });

  it('is free where a plan covers it', () => {
    const { price } = arm({ coveredByPlan: true });
    assert.ok(price && isFree(price));
  });

  it('reserves and settles exactly the price of a request, whatever was said', () => {
    const priced = arm({ requestUsd: 0.04 });
    const quoted = quote(priced, {
      maxInputTokens: 50_000,
      expectedInputTokens: 9_000,
      expectedOutputTokens: 500,
    });
    assert.ok(typeof quoted !== 'string');
    assert.equal(quoted.worstCase, 40_000_000);
    assert.equal(quoted.expected, 40_000_000);
    const visible = { text: 'a long answer '.repeat(1000), events: 1000 };
    const bill = billFor({
      arm: priced,
      worstCase: quoted.worstCase,
      inputTokens: 9_000,
      leastInput: 0,
      usage: undefined,
      complete: true,
      visible,
    });
    assert.equal(bill.cost, 40_000_000);
    assert.equal(bill.heldBack, 0 as NanoUsd);
  });

  it('takes the price where a price and a plan are both stated', () => {
    const { price } = arm({ coveredByPlan: true, requestUsd: 0.1 });
    assert.ok(price && !isFree(price));
  });

  it('takes no price it cannot read', () => {
    for (const requestUsd of ['0.04', -1, NaN, 5000]) assert.equal(arm({ requestUsd }).price, undefined);
  });

  it('says what is wrong, and uses the rest', () => {
    assert.deepEqual(problems({ model: 'pilot/auto' }), ['pilot.vscodeModels[0].model bad-id']);
    assert.deepEqual(problems({ model: 'gpt' }), ['pilot.vscodeModels[0].model bad-id']);
    assert.deepEqual(problems({}), ['pilot.vscodeModels[0].model missing']);
    assert.deepEqual(problems('copilot/gpt'), ['pilot.vscodeModels[0] wrong-type']);
    assert.deepEqual(problems({ model: 'a/b', price: 1 }), ['pilot.vscodeModels[0].price unknown-key']);
    const twice = parse({ model: 'a/b', requestUsd: 1 }, { model: 'a/b' });
    assert.equal(twice.entries.length, 1);
    assert.deepEqual(
      twice.problems.map(({ kind }) => kind),
      ['duplicate'],
    );
    assert.equal(parseVscodeModels('x', 'pilot').problems[0]?.kind, 'wrong-type');
    assert.equal(parse(...Array.from({ length: 201 }, (_, i) => ({ model: `a/${i}` }))).entries.length, 200);
  });

  it('never throws, and never takes PILOT for one of its own arms', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const { entries } = parseVscodeModels(raw, 'pilot');
        assert.ok(entries.every(({ model }) => !model.startsWith('pilot/')));
      }),
    );
  });
});
