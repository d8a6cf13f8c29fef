import assert from 'node:assert/strict';
import { exclude, lostPins, pin, pinned } from '../../../../src/app/call/pins.ts';
import { hasLearnt, portableState } from '../../../../src/app/exchange/learntState.ts';
import { WorkspaceStateHolder } from '../../../../src/app/call/workspaceState.ts';
import type { ArmId } from '../../../../src/core/brand.ts';

const [a, b] = ['x/a', 'x/b'] as unknown as readonly [ArmId, ArmId];

/** Saves at once, through JSON like a Memento. */
function holder(): { readonly state: WorkspaceStateHolder; readonly reload: () => WorkspaceStateHolder } {
  let saved: unknown;
  const store = {
    load: () => saved,
    save: (encode: () => unknown) => void (saved = JSON.parse(JSON.stringify(encode()))),
    setAside: () => assert.fail('the state was unreadable'),
  };
  return { state: new WorkspaceStateHolder(store), reload: () => new WorkspaceStateHolder(store) };
}

describe('pins', () => {
  it('stand until they are taken back, and survive a restart', () => {
    const { state, reload } = holder();
    pin(state, { kind: 'workspace' }, a);
    pin(state, { kind: 'language', language: 'rust' }, b);
    pin(state, { kind: 'conversation', conversationId: 'c1' }, a);
    assert.deepEqual(pinned(reload().get()), pinned(state.get()));
    assert.equal(pinned(state.get()).length, 3);
    pin(state, { kind: 'language', language: 'rust' }, undefined);
    pin(state, { kind: 'workspace' }, undefined);
    assert.deepEqual(pinned(state.get()), [
      { scope: { kind: 'conversation', conversationId: 'c1' }, armId: a },
    ]);
  });

  it('of a language called like a member of every object harm nothing', () => {
    const { state } = holder();
    pin(state, { kind: 'language', language: '__proto__' }, a);
    assert.deepEqual(pinned(state.get()), [{ scope: { kind: 'language', language: '__proto__' }, armId: a }]);
    assert.equal(({} as { language?: unknown }).language, undefined);
  });

  it('are at most a hundred, the oldest leaving first', () => {
    const { state } = holder();
    for (let i = 0; i < 150; i++) pin(state, { kind: 'conversation', conversationId: `c${i}` }, a);
    const ids = pinned(state.get()).map(({ scope }) => scope.kind === 'conversation' && scope.conversationId);
    assert.equal(ids.length, 100);
    assert.ok(ids.includes('c149') && !ids.includes('c0'));
  });
});

describe('pins on models that were removed', () => {
  it('are found, and no others', () => {
    const { state } = holder();
    pin(state, { kind: 'workspace' }, a);
    pin(state, { kind: 'language', language: 'rust' }, b);
    assert.deepEqual(lostPins(state.get(), [a, b]), []);
    assert.deepEqual(lostPins(state.get(), [a]), [
      { scope: { kind: 'language', language: 'rust' }, armId: b },
    ]);
  });
});

describe('exclusions', () => {
  it('of a model that is not there at present are kept', () => {
    const { state } = holder();
    exclude(state, [a, b], [a, b]);
    exclude(state, [], [a]);
    assert.deepEqual(state.get().excluded, [b]);
  });
});

describe('the learned state in an export', () => {
  it('leaves the decisions that still wait at home', () => {
    assert.deepEqual(portableState({ version: 1, pending: [['id', 'psi']] }), { version: 1, pending: [] });
  });
  it('rests on something only where an arm has evidence', () => {
    assert.equal(hasLearnt({ heads: { ask: [], inline: [] } }), false);
    assert.equal(hasLearnt({ heads: { ask: [['x/a', '', '', 1]], inline: [] } }), true);
    for (const bad of [undefined, null, 3, {}, { heads: null }]) assert.equal(hasLearnt(bad), false);
  });
});
