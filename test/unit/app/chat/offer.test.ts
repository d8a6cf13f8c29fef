import assert from 'node:assert/strict';
import { AUTO_ID, choiceOf, offeredModels } from '../../../../src/app/chat/offer.ts';
import { armId } from '../../../../src/core/brand.ts';
import type { Arm } from '../../../../src/core/arm.ts';

const arm = (model: string, change: Partial<Arm> = {}, tools = false, images = false): Arm => ({
  id: armId(change.endpointId ?? 'here', model),
  endpointId: 'here',
  model,
  label: model,
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 },
  contextTokens: 32_000,
  maxOutputTokens: 4_000,
  outputCapField: 'max_tokens',
  outputCapCoversReasoning: true,
  capabilities: { tools, images, fim: 'none' },
  simulated: false,
  ...change,
});

const autoOf = (...arms: Arm[]) => {
  const found = offeredModels(arms).find(({ id }) => id === AUTO_ID);
  assert.ok(found);
  return found;
};

describe('offeredModels', () => {
  it('offers nothing where there is nothing', () => {
    assert.deepEqual(offeredModels([]), []);
  });

  it('offers Auto first, then each arm', () => {
    const offered = offeredModels([arm('a'), arm('b')]);
    assert.deepEqual(
      offered.map(({ id }) => id),
      ['auto', 'here/a', 'here/b'],
    );
  });

  it('does not offer VS Code’s own models back to it', () => {
    const offered = offeredModels([arm('copilot/x', { endpointId: 'vscode' })]);
    assert.deepEqual(
      offered.map(({ id }) => id),
      ['auto'],
    );
  });

  it('lets Auto do what its arms can do, and no more', () => {
    assert.equal(autoOf(arm('a')).tools, false);
    assert.equal(autoOf(arm('a'), arm('b', {}, true)).tools, true);
    assert.equal(autoOf(arm('a', {}, false, true)).images, true);
    assert.equal(autoOf(arm('a', {}, true), arm('b', {}, false, true)).images, false, 'none takes both');
  });

  it('sizes Auto by the largest arm that can take tools', () => {
    const small = arm('small', { contextTokens: 16_000 }, true);
    const large = arm('large', { contextTokens: 200_000 });
    assert.equal(autoOf(small, large).maxInputTokens, 12_000);
    assert.equal(autoOf(arm('small', { contextTokens: 16_000 }), large).maxInputTokens, 196_000);
  });

  it('does not count an arm without a price, which is not used, unless there is no other', () => {
    const unpriced = arm('unpriced', { price: undefined, contextTokens: 100_000 }, true);
    assert.equal(autoOf(unpriced, arm('a')).tools, false);
    assert.equal(autoOf(unpriced).tools, true);
  });

  it('keeps a quarter of the window at most free for the answer', () => {
    const [, pinned] = offeredModels([arm('a', { contextTokens: 8_000, maxOutputTokens: 8_000 })]);
    assert.equal(pinned?.maxInputTokens, 6_000);
  });
});

describe('choiceOf', () => {
  const arms = [arm('a')];

  it('leaves Auto to the router, and a pinned model to the user', () => {
    assert.deepEqual(choiceOf('auto', arms), { type: 'auto' });
    assert.deepEqual(choiceOf('here/a', arms), { type: 'arm', armId: 'here/a' });
  });

  it('gives no other model for one that is gone', () => {
    assert.equal(choiceOf('here/gone', arms), undefined);
  });
});
