import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PolicyStore } from '../../../../src/app/ports/decisions.ts';
import {
  decodeWorkspaceState,
  encodeWorkspaceState,
  maxStateBytes,
  noPins,
  WorkspaceStateHolder,
  type WorkspaceState,
} from '../../../../src/app/call/workspaceState.ts';
import type { ArmId } from '../../../../src/core/brand.ts';

const empty: WorkspaceState = {
  policies: {},
  callStatistics: undefined,
  costCalibration: undefined,
  paces: undefined,
  cacheBeliefs: undefined,
  sticky: [],
  pins: noPins,
  excluded: [],
};
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) || 'null');

/** As strict as a Memento: saved values pass through JSON. */
class FakeStore implements PolicyStore {
  stored: unknown;
  asides: unknown[] = [];
  constructor(stored: unknown) {
    this.stored = stored;
  }
  load(): unknown {
    return this.stored;
  }
  save(state: () => unknown): void {
    this.stored = throughJson(state());
  }
  setAside(state: unknown): void {
    this.asides.push(state);
  }
}

describe("the workspace's state", () => {
  it('survives a JSON round trip', () => {
    const arm = fc.string({ minLength: 1, maxLength: 12 }).map((text) => text as ArmId);
    const states = fc.record<WorkspaceState>({
      policies: fc.dictionary(fc.string(), fc.jsonValue().map(throughJson)),
      callStatistics: fc.jsonValue().map(throughJson),
      costCalibration: fc.jsonValue().map(throughJson),
      paces: fc.jsonValue().map(throughJson),
      cacheBeliefs: fc.jsonValue().map(throughJson),
      sticky: fc.array(fc.tuple(fc.string(), arm), { maxLength: 20 }),
      pins: fc.record({
        workspace: fc.option(arm, { nil: undefined }),
        languages: fc.dictionary(fc.string(), arm),
        conversations: fc.dictionary(fc.string(), arm),
      }),
      excluded: fc.array(arm),
    });
    fc.assert(
      fc.property(states, (state) => {
        assert.deepEqual(
          throughJson(decodeWorkspaceState(throughJson(encodeWorkspaceState(state)))),
          throughJson(state),
        );
      }),
    );
  });

  it('never throws on garbage, and sets aside what it cannot read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (garbage) => {
        const store = new FakeStore(garbage);
        const holder = new WorkspaceStateHolder(store);
        assert.ok(Array.isArray(holder.get().sticky));
        const readable = decodeWorkspaceState(garbage) !== undefined;
        assert.equal(store.asides.length, readable ? 0 : 1);
      }),
    );
  });

  it('stays under its size whatever a policy keeps', () => {
    const policies = { zcl: 'x'.repeat(2 * maxStateBytes) };
    const sticky = Array.from({ length: 100 }, (_, i) => [`conversation-${i}`, 'a/b' as ArmId] as const);
    const encoded = encodeWorkspaceState({ ...empty, policies, sticky });
    assert.ok(JSON.stringify(encoded).length <= maxStateBytes);
    assert.equal(decodeWorkspaceState(encoded)?.sticky.length, 10);
  });

  it('remembers the newest hundred conversations', () => {
    const store = new FakeStore(undefined);
    const holder = new WorkspaceStateHolder(store);
    for (let i = 0; i < 120; i++) holder.stick(`c${i}`, `arm/${i}` as ArmId);
    assert.equal(holder.stickyArm('c119'), 'arm/119');
    assert.equal(holder.stickyArm('c19'), undefined);
    const again = new WorkspaceStateHolder(new FakeStore(store.stored));
    assert.equal(again.stickyArm('c20'), 'arm/20');
  });

  it('asks its parts for their state when it saves', () => {
    const store = new FakeStore(undefined);
    const holder = new WorkspaceStateHolder(store);
    let spent = 1;
    holder.contribute(() => ({ policies: { zcl: { spent } } }));
    spent = 2;
    holder.touch();
    assert.deepEqual(new WorkspaceStateHolder(new FakeStore(store.stored)).get().policies, {
      zcl: { spent: 2 },
    });
  });
});
